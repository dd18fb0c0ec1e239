using Coinsphere.Messaging.Forecasting.Checkpoints;
using Coinsphere.Messaging.Hosting.Logging;

namespace Coinsphere.Messaging.Worker.Models;

/// <summary>
/// One model file and the model last read from it. A changed file is read, checked and run once before its model replaces the old one. Of an invalid
/// file the fault is stored, and the old model goes on serving. One thread at a time refreshes; any number may read the model.
/// </summary>
internal sealed class ModelFile(string path, ModelReader reader, TimeProvider time)
{
    private readonly Lock _writing = new();
    private volatile State _state = new(Stamp.None, null, null, null, 0);
    private long _lastUse;

    public string Path => path;

    /// <summary>Why the newest file was rejected; null where it was not.</summary>
    public string? Error => _state.Error;

    /// <summary>For how long the newest file has been rejected; null where it is not.</summary>
    public TimeSpan? RejectedFor => _state is { Error: not null } state ? time.GetElapsedTime(state.RejectedAt) : null;

    /// <summary>The facts of the serving model, whether it is in memory or not; null where there is none.</summary>
    public ModelFacts? Facts => _state.Facts;

    /// <summary>The model in memory. The file is not read.</summary>
    public LoadedModel? InMemory => _state.Model;

    /// <summary>Orders the files by their last use.</summary>
    public long LastUse
    {
        get => Volatile.Read(ref _lastUse);
        set => Volatile.Write(ref _lastUse, value);
    }

    /// <summary>Reads the file where it is new or has changed, where that is forced, and where its model is needed in memory but was evicted.</summary>
    /// <param name="force">Whether to read an unchanged file too.</param>
    /// <param name="load">Whether the model is needed in memory.</param>
    /// <param name="tryOut">Runs a model that has not served yet. A model that fails there is rejected.</param>
    /// <returns>The change, and the model, even where it is evicted at once for the memory budget.</returns>
    public async Task<(ModelChange Change, LoadedModel? Model)> RefreshAsync(bool force, bool load, Func<LoadedModel, Task> tryOut)
    {
        var stamp = Stamp.Of(path);
        var old = _state;
        if (old.Stamp == stamp && !force && !(load && old is { Model: null, Facts: not null }))
        {
            return (ModelChange.None, old.Model);
        }

        var now = await ReadAsync(stamp, old, tryOut);
        var change = Change(old, now);
        if (change == ModelChange.Rejected)
        {
            now = now with { RejectedAt = time.GetTimestamp() };
        }

        lock (_writing)
        {
            // An unchanged model keeps its object, and with it its place in the CPU caches. A fault does not bring back a model that was evicted
            // meanwhile.
            _state = now = now.Facts == old.Facts && (now.Error is not null || _state.Model is not null) ? now with { Model = _state.Model } : now;
        }

        return (change, now.Model);
    }

    /// <summary>Drops the model from memory; its facts stay.</summary>
    public void Evict()
    {
        lock (_writing)
        {
            _state = _state with { Model = null };
        }
    }

    private static ModelChange Change(State old, State now) => (now.Error, old.Facts, now.Facts) switch
    {
        // One report per fault, not one per refresh.
        (not null, _, _) => now.Error != old.Error || now.Stamp != old.Stamp ? ModelChange.Rejected : ModelChange.None,
        (_, null, not null) => ModelChange.Loaded,
        (_, not null, null) => ModelChange.Gone,
        (_, not null, not null) when now.Facts != old.Facts => ModelChange.Swapped,
        _ => ModelChange.None,
    };

    private async Task<State> ReadAsync(Stamp stamp, State old, Func<LoadedModel, Task> tryOut)
    {
        if (stamp == Stamp.Missing)
        {
            return new(stamp, null, null, null, 0);
        }

        try
        {
            var model = reader.Read(path);
            if (model.Digest != old.Facts?.Digest)
            {
                await tryOut(model);
            }

            return new(stamp, model, new ModelFacts(model.Digest, model.Metadata), null, 0);
        }
        catch (FileNotFoundException)
        {
            // The file was deleted between the check and the read.
            return new(Stamp.Missing, null, null, null, 0);
        }
        catch (CheckpointException fault)
        {
            return old with { Stamp = stamp, Error = ServerPaths.Hide(fault.Message) };
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // A released lock or a repaired permission does not change the stamp, so the next refresh reads again.
            return old with { Stamp = Stamp.None, Error = ServerPaths.Hide(fault.Message) };
        }
    }

    private sealed record State(Stamp Stamp, LoadedModel? Model, ModelFacts? Facts, string? Error, long RejectedAt);

    // The creation time distinguishes files that were moved into place with equal sizes and times of writing.
    private readonly record struct Stamp(DateTime WrittenAt, DateTime CreatedAt, long Length)
    {
        public static readonly Stamp None = new(default, default, -2);
        public static readonly Stamp Missing = new(default, default, -1);

        public static Stamp Of(string path)
        {
            var file = new FileInfo(path);
            // A folder of that name is rejected, not treated as a missing file.
            return file.Exists ? new(file.LastWriteTimeUtc, file.CreationTimeUtc, file.Length)
                : Directory.Exists(path) ? new(file.LastWriteTimeUtc, file.CreationTimeUtc, 0)
                : Missing;
        }
    }
}

/// <summary>What is known of a model, also after it was evicted from memory.</summary>
internal sealed record ModelFacts(string Digest, CheckpointMetadata Metadata);

/// <summary>The result of refreshing a model file.</summary>
internal enum ModelChange
{
    None,
    Loaded,
    Swapped,
    Gone,
    Rejected,
}
