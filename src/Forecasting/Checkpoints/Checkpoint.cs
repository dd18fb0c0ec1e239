using Coinsphere.Messaging.Forecasting.Calibration;
using Coinsphere.Messaging.Forecasting.Features;
using Coinsphere.Messaging.Forecasting.Lstm;

namespace Coinsphere.Messaging.Forecasting.Checkpoints;

/// <summary>The validated content of a checkpoint: every weight is finite, every shape consistent.</summary>
/// <param name="Weights">The network, float32.</param>
/// <param name="Scaler">The fitted standardisation, or null where each window is standardised on its own.</param>
/// <param name="SequenceLength">Time steps of a window; 90 unless <c>config.sequence_length</c>, or one of its other names, says otherwise.</param>
/// <param name="Metadata">The trainer's metadata.</param>
/// <param name="Digest">SHA-256 in lower-case hex over everything that changes an answer: shapes, weights, scaler, sequence length, calibrations. Not the
/// optimizer, not the file's name.</param>
public sealed record Checkpoint(CryptoLstmWeights Weights, FeatureScaler? Scaler, int SequenceLength, CheckpointMetadata Metadata, string Digest)
{
    /// <summary>The calibrations by horizon of 7, 14 or 30 days; null where the network's probabilities are used as they are.</summary>
    public IReadOnlyDictionary<int, ClassCalibration>? Calibrations { get; init; }
}

/// <summary>The trainer's metadata of a checkpoint; a value is null where it is missing.</summary>
/// <param name="ModelVersion"><c>metadata.model_version</c>, default <c>v1.0.0</c>.</param>
/// <param name="TrainedAt"><c>metadata.trained_at</c>, UTC.</param>
/// <param name="TestAccuracy"><c>metadata.test_accuracy</c>, falling back to <c>best_val_accuracy</c>; 0..1.</param>
/// <param name="BestValAccuracy"><c>best_val_accuracy</c>, 0..1.</param>
/// <param name="BestValLoss"><c>best_val_loss</c>.</param>
/// <param name="Epoch"><c>epoch</c>.</param>
/// <param name="TrainedThrough"><c>metadata.trained_through</c>, the last day of any data used in training.</param>
public sealed record CheckpointMetadata(
    string ModelVersion, DateTimeOffset? TrainedAt, double? TestAccuracy, double? BestValAccuracy, double? BestValLoss, long? Epoch, DateOnly? TrainedThrough)
{
    /// <summary><c>metadata.symbols</c>: the symbols of a pooled network, separated by blanks.</summary>
    public string? Symbols { get; init; }

    /// <summary>
    /// The last day that the model may have been trained on: <see cref="TrainedThrough"/>, else the day of its training; null where neither is known.
    /// </summary>
    public DateOnly? LastSeen => TrainedThrough ?? (TrainedAt is { } at ? DateOnly.FromDateTime(at.UtcDateTime) : null);

    /// <summary>Whether a day is known to be later than all training data.</summary>
    public bool IsUnseen(DateOnly day) => LastSeen is { } last && day > last;

    /// <summary>Whether a pooled network is known to have been trained on a symbol.</summary>
    public bool IsTrainedOn(string symbol) => Symbols?.Split(' ').Contains(symbol, StringComparer.Ordinal) == true;
}
