namespace Coinsphere.Messaging.Forecasting.Checkpoints;

/// <summary>A file is not a checkpoint this system serves. Nothing of it was executed or kept.</summary>
/// <param name="file">The file by the name it was given under.</param>
/// <param name="location">Where in the file: a zip entry, an offset in the pickle, a key or a tensor.</param>
/// <param name="detail">What was found there and what was expected.</param>
public sealed class CheckpointException(string file, string location, string detail) : Exception($"{file}: {location}: {detail}")
{
    /// <summary>The file by the name it was given under.</summary>
    public string File { get; } = file;

    /// <summary>Where in the file: a zip entry, an offset in the pickle, a key or a tensor.</summary>
    public string Location { get; } = location;
}
