import { createDatabase } from './src/testing/service.ts'
import { openStore } from './src/database.ts'
import pg from 'pg'
const t = Date.now(); const log = (x: unknown) => console.log(Date.now() - t, x)
setInterval(() => {}, 1000)
log(process.env['TEST_DATABASE_URL'])
const c = new pg.Client({ connectionString: process.env['TEST_DATABASE_URL'] })
await c.connect(); log('connected'); 
await c.query('create database zz_probe'); log('made'); await c.query('drop database zz_probe with (force)'); log('dropped'); await c.end()
const d = await createDatabase('postgres'); log(d.config)
const s = await openStore(d.config as never); log('store')
process.exit()
