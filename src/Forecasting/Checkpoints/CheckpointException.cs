namespace Coinsphere.Messaging.Forecasting.Checkpoints;

/// <summary>A file is not a checkpoint that this system serves. Nothing in it was executed.</summary>
/// <param name="file">The file, by the name given to the reader.</param>
/// <param name="location">The place in the file: a zip entry, an offset in the pickle, a key or a tensor.</param>
/// <param name="detail">What was found there and what was expected.</param>
public sealed class CheckpointException(string file, string location, string detail) : Exception($"{file}: {location}: {detail}")
{
    /// <summary>The file, by the name given to the reader.</summary>
    public string File { get; } = file;

    /// <summary>The place in the file: a zip entry, an offset in the pickle, a key or a tensor.</summary>
    public string Location { get; } = location;
}
