using Coinsphere.Messaging.Forecasting.Answers;

namespace Coinsphere.Messaging.Forecasting.Ensembles;

/// <summary>One model of an ensemble and what it expects.</summary>
/// <param name="Name">The model's name, as answers give it.</param>
/// <param name="Outlook">What it expects.</param>
/// <param name="Accuracy">Its measured accuracy, 0..1; null where it has none.</param>
public sealed record EnsembleMember(string Name, Outlook Outlook, double? Accuracy);

/// <summary>How members are combined.</summary>
public enum EnsembleMethod
{
    /// <summary>Probabilities are averaged, each model's weighted by its accuracy.</summary>
    WeightedAverage,

    /// <summary>Each model has a vote.</summary>
    MajorityVoting,

    /// <summary>The most confident model speaks for all.</summary>
    MaxConfidence,

    /// <summary>There was one model only. Not to be asked for.</summary>
    SingleModel,
}
