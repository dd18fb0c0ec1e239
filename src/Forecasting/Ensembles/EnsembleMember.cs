using Coinsphere.Messaging.Forecasting.Answers;

namespace Coinsphere.Messaging.Forecasting.Ensembles;

/// <summary>One model of an ensemble and its outlook.</summary>
/// <param name="Name">The model's name in answers.</param>
/// <param name="Outlook">Its outlook.</param>
/// <param name="Accuracy">Its measured accuracy, 0..1; null where it has none.</param>
public sealed record EnsembleMember(string Name, Outlook Outlook, double? Accuracy);

/// <summary>How members are combined.</summary>
public enum EnsembleMethod
{
    /// <summary>Probabilities are averaged, each model's weighted by its accuracy.</summary>
    WeightedAverage,

    /// <summary>Each model has a vote.</summary>
    MajorityVoting,

    /// <summary>The most confident model alone decides.</summary>
    MaxConfidence,

    /// <summary>There was only one model. It cannot be requested.</summary>
    SingleModel,
}
