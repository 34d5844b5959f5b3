/** The file that `masq init` writes when nobody names another. */
export const FIRST_INTENT = 'masq.yaml';

/** The folder that `masq synth` renders to when nobody names another. */
export const DEFAULT_OUTPUT = 'dist';

/** The platforms for which `masq init` has a first intent. */
export const PLATFORMS = ['kubernetes', 'gke-standard', 'gke-autopilot', 'anthos-bare-metal'] as const;

/** The tools for which `masq gitops` renders. */
export const GITOPS_TOOLS = ['argocd', 'flux'] as const;

/** The languages that `masq init --app` writes an app in. */
export const LANGUAGES = ['javascript', 'typescript'] as const;

/** The systems that `masq init --app` writes a pipeline for. */
export const CI_SYSTEMS = ['github', 'gitlab'] as const;

/** For which tool a new app has GitOps files. */
export const GITOPS_OF_APPS = [...GITOPS_TOOLS, 'none'] as const;

/** Whose configuration a file can be that several data planes read. */
export const DIALECTS = ['upstream', 'cilium', 'azure', 'tencent'] as const;

/** The languages that an intent is written in. */
export const INTENT_LANGUAGES = ['yaml', 'typescript'] as const;

/** The schemas that `masq schema` prints. */
export const SCHEMAS = [
  'intent',
  'settings',
  'agent-config',
  'egressnatpolicy_v1',
  'egressnatpolicy_v1alpha1',
  'anthosnetworkgateway_v1alpha1',
  'anthosnetworkgatewaynode_v1alpha1',
  'networkgatewaygroup_v1',
] as const;
