using Coinsphere.Messaging.Forecasting.Checkpoints;

namespace Coinsphere.Messaging.Worker.Models;

/// <summary>
/// One checkpoint file and the model last loaded from it. A changed file is read and checked before it takes the old model's place;
/// a bad one is remembered with its fault, and the old model goes on.
/// </summary>
internal sealed class ModelFile(string path)
{
    private readonly Lock _loading = new();
    private volatile State _state = new(Stamp.None, null, null);

    public string Path => path;

    public string? Error => _state.Error;

    /// <summary>The model to answer with, reading the file where it is new or has changed; null where there is none.</summary>
    public LoadedModel? Load(out ModelChange change)
    {
        change = ModelChange.None;
        var stamp = Stamp.Of(path);
        if (_state.Stamp == stamp)
            return _state.Model;
        lock (_loading)
        {
            if (_state.Stamp == stamp)
                return _state.Model;
            var old = _state.Model;
            _state = Read(stamp, old);
            change = (_state.Error is not null, old, _state.Model) switch
            {
                (true, _, _) => ModelChange.Rejected,
                (_, null, not null) => ModelChange.Loaded,
                (_, not null, var now) when now?.Digest != old.Digest => ModelChange.Swapped,
                _ => ModelChange.None,
            };
            return _state.Model;
        }
    }

    /// <summary>Drops the model; the next use reads the file anew.</summary>
    public void Forget()
    {
        lock (_loading)
            _state = new(Stamp.None, null, null);
    }

    /// <summary>The model in memory, without looking at the file.</summary>
    public LoadedModel? InMemory => _state.Model;

    private State Read(Stamp stamp, LoadedModel? old)
    {
        if (stamp == Stamp.Missing)
            return new(stamp, null, null);
        try
        {
            return new(stamp, new LoadedModel(System.IO.Path.GetFileNameWithoutExtension(path), CheckpointReader.Read(path)), null);
        }
        catch (Exception fault) when (fault is CheckpointException or IOException or UnauthorizedAccessException)
        {
            return new(stamp, old, fault.Message);
        }
    }

    private sealed record State(Stamp Stamp, LoadedModel? Model, string? Error);

    private readonly record struct Stamp(DateTime WrittenAt, long Length)
    {
        public static readonly Stamp None = new(default, -2);
        public static readonly Stamp Missing = new(default, -1);

        public static Stamp Of(string path)
        {
            var file = new FileInfo(path);
            return file.Exists ? new(file.LastWriteTimeUtc, file.Length) : Missing;
        }
    }
}

/// <summary>What a look at a checkpoint file brought.</summary>
internal enum ModelChange
{
    None,
    Loaded,
    Swapped,
    Rejected,
}
