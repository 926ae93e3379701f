// What a sweep imports: one name for everything an experiment is written in.
@_exported import CoppiceAutodiff
@_exported import CoppiceDatasets
@_exported import CoppiceLaboratory
@_exported import CoppiceNetworks
@_exported import CoppicePruning
@_exported import CoppiceStore
@_exported import CoppiceTensors
@_exported import CoppiceTerms
