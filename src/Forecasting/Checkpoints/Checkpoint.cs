using Coinsphere.Messaging.Forecasting.Calibration;
using Coinsphere.Messaging.Forecasting.Features;
using Coinsphere.Messaging.Forecasting.Lstm;

namespace Coinsphere.Messaging.Forecasting.Checkpoints;

/// <summary>What a checkpoint holds, checked: every weight finite, every shape consistent.</summary>
/// <param name="Weights">The network, float32.</param>
/// <param name="Scaler">The fitted standardisation, or null where each window is standardised by itself.</param>
/// <param name="SequenceLength">Time steps of a window; 90 unless <c>config.sequence_length</c>, or one of its other names, says otherwise.</param>
/// <param name="Metadata">What the trainer wrote about it.</param>
/// <param name="Digest">SHA-256 in lower-case hex over everything that changes an answer: shapes, weights, scaler, sequence length, calibrations. Not the
/// optimizer, not the file's name.</param>
public sealed record Checkpoint(CryptoLstmWeights Weights, FeatureScaler? Scaler, int SequenceLength, CheckpointMetadata Metadata, string Digest)
{
    /// <summary>What the network's probabilities become at a horizon of 7, 14 or 30 days; null where they are taken as they are.</summary>
    public IReadOnlyDictionary<int, ClassCalibration>? Calibrations { get; init; }
}

/// <summary>What the trainer wrote about a checkpoint; null where it wrote nothing.</summary>
/// <param name="ModelVersion"><c>metadata.model_version</c>, default <c>v1.0.0</c>.</param>
/// <param name="TrainedAt"><c>metadata.trained_at</c>, UTC.</param>
/// <param name="TestAccuracy"><c>metadata.test_accuracy</c>, falling back to <c>best_val_accuracy</c>; 0..1.</param>
/// <param name="BestValAccuracy"><c>best_val_accuracy</c>, 0..1.</param>
/// <param name="BestValLoss"><c>best_val_loss</c>.</param>
/// <param name="Epoch"><c>epoch</c>.</param>
/// <param name="TrainedThrough"><c>metadata.trained_through</c>, the last day anything in it was learnt from.</param>
public sealed record CheckpointMetadata(
    string ModelVersion, DateTimeOffset? TrainedAt, double? TestAccuracy, double? BestValAccuracy, double? BestValLoss, long? Epoch, DateOnly? TrainedThrough)
{
    /// <summary>
    /// The last day that the model may have learnt from: <see cref="TrainedThrough"/>, else the day it was trained on; null where neither is known.
    /// </summary>
    public DateOnly? LastSeen => TrainedThrough ?? (TrainedAt is { } at ? DateOnly.FromDateTime(at.UtcDateTime) : null);

    /// <summary>Whether a day is known to be later than everything the model was learnt from.</summary>
    public bool IsUnseen(DateOnly day) => LastSeen is { } last && day > last;
}
