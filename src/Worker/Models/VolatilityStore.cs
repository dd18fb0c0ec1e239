using Coinsphere.Messaging.Forecasting.Files;
using Coinsphere.Messaging.Forecasting.Volatility;
using Coinsphere.Messaging.Hosting.Health;
using Microsoft.Extensions.Logging;

namespace Coinsphere.Messaging.Worker.Models;

/// <summary>
/// The volatility model that serves: of the checkpoint folder, or the one that is built in where the folder has none. A changed file is read and checked
/// before its model replaces the old one; of an invalid file the fault is reported, and the old model goes on serving.
/// </summary>
internal sealed partial class VolatilityStore(CheckpointFolder folder, Conditions conditions, ILogger<VolatilityStore> logger)
{
    private const string Name = "volatility";

    private readonly Lock _refreshing = new();
    private volatile VolatilityModel _current = VolatilityModel.Default;
    private (DateTime WrittenAt, long Length) _stamp;

    /// <summary>The model that serves.</summary>
    public VolatilityModel Current => _current;

    /// <summary>Reads a file.</summary>
    /// <exception cref="VolatilityFileException">It is not a volatility model.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static VolatilityModel Read(string path)
    {
        using var stream = RegularFile.OpenRead(path);
        var content = new byte[VolatilityFile.MaxBytes + 1];
        var length = stream.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
        return length <= VolatilityFile.MaxBytes
            ? VolatilityFile.Read(content.AsSpan(0, length), Path.GetFileName(path))
            : throw new VolatilityFileException(Path.GetFileName(path), "file", $"it is larger than {VolatilityFile.MaxBytes} bytes");
    }

    /// <summary>The model of a digest: the one that serves, an earlier one of the folder, or the built-in one; null where it is not there any more.</summary>
    public VolatilityModel? Find(string digest)
    {
        if (Current.Digest == digest || VolatilityModel.Default.Digest == digest)
        {
            return Current.Digest == digest ? Current : VolatilityModel.Default;
        }

        return folder.VolatilityVersions().Prepend(folder.VolatilityPath).Where(File.Exists).Select(TryRead).FirstOrDefault(model => model?.Digest == digest);
    }

    /// <summary>Reads the file where it has changed.</summary>
    public void Refresh()
    {
        lock (_refreshing)
        {
            var file = new FileInfo(folder.VolatilityPath);
            var stamp = file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
            if (stamp == _stamp)
            {
                return;
            }

            try
            {
                var model = file.Exists ? Read(file.FullName) : VolatilityModel.Default;
                _stamp = stamp;
                conditions.Clear(Name);
                if (model.Digest != _current.Digest)
                {
                    _current = model;
                    LogLoaded(file.Exists ? folder.VolatilityPath : "built in", model.Version, model.Symbols.Count, model.Digest);
                }
            }
            catch (Exception fault) when (fault is VolatilityFileException or IOException or UnauthorizedAccessException)
            {
                // A file that cannot be opened is tried again; an invalid one only once it changes.
                _stamp = fault is VolatilityFileException ? stamp : _stamp;
                conditions.Note(Name, $"volatility goes on with {_current.Version}: {fault.Message}");
                LogRejected(fault.Message, _current.Version);
            }
        }
    }

    private static VolatilityModel? TryRead(string path)
    {
        try
        {
            return Read(path);
        }
        catch (Exception fault) when (fault is VolatilityFileException or IOException or UnauthorizedAccessException)
        {
            // Another file may have the digest.
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Volatility model {Version} of {Symbols} symbols serves, {Path}: {Digest}")]
    private partial void LogLoaded(string path, string version, int symbols, string digest);

    [LoggerMessage(Level = LogLevel.Error, Message = "Volatility model rejected: {Error} The model that goes on serving is {Version}")]
    private partial void LogRejected(string error, string version);
}
