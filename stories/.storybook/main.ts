import type { StorybookConfig } from '@storybook/web-components-vite'
import { defaultClientConditions, mergeConfig } from 'vite'

const config: StorybookConfig = {
  framework: '@storybook/web-components-vite',
  stories: ['../src/**/*.mdx', '../src/**/*.stories.@(ts|tsx)'],
  addons: ['@storybook/addon-docs', '@storybook/addon-a11y'],
  core: { disableTelemetry: true, disableWhatsNewNotifications: true },
  viteFinal: (vite) =>
    mergeConfig(vite, {
      // Stories show the sources, never yesterday's build.
      resolve: { conditions: ['collab-kit-source', ...defaultClientConditions] },
      oxc: { jsx: { runtime: 'automatic' } },
      // As it is written: what stands in for light-dark() in older browsers follows another rule.
      build: {
        target: 'esnext',
        cssTarget: 'esnext',
        cssMinify: false,
        chunkSizeWarningLimit: 4096,
      },
    }),
}

export default config
