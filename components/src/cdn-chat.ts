// The elements of a chat share nearly everything: together they are one file, apart four, and the four are larger.
import './features/collab-chat/index.ts'
import './features/collab-composer/index.ts'
import './features/collab-messages/index.ts'
