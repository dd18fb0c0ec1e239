using Coinsphere.Messaging.Forecasting.Checkpoints;

namespace Coinsphere.Messaging.Worker.Models;

/// <summary>
/// One checkpoint file and what was last read from it. A changed file is read, checked and warmed before it takes the old model's place;
/// a bad one is remembered with its fault, and the old model goes on. One thread at a time looks, any number ask for the model.
/// </summary>
internal sealed class ModelFile(string path, ModelReader reader, TimeProvider time)
{
    private readonly Lock _writing = new();
    private volatile State _state = new(Stamp.None, null, null, null, 0);
    private long _lastUse;

    public string Path => path;

    /// <summary>Why the newest file was rejected, where it was.</summary>
    public string? Error => _state.Error;

    /// <summary>For how long the newest file has been rejected, where it is.</summary>
    public TimeSpan? RejectedFor => _state is { Error: not null } state ? time.GetElapsedTime(state.RejectedAt) : null;

    /// <summary>What is known of the model that answers, in memory or not; null where there is none.</summary>
    public ModelFacts? Facts => _state.Facts;

    /// <summary>The model in memory, without looking at the file.</summary>
    public LoadedModel? InMemory => _state.Model;

    /// <summary>Orders the files by their last use.</summary>
    public long LastUse
    {
        get => Volatile.Read(ref _lastUse);
        set => Volatile.Write(ref _lastUse, value);
    }

    /// <summary>Reads the file where it is new or has changed, where told to, and where its model is wanted in memory and is not.</summary>
    /// <param name="anew">Whether told to.</param>
    /// <param name="wanted">Whether its model is wanted in memory.</param>
    /// <param name="tryOut">Runs a model that has not served yet; one that fails there is rejected.</param>
    /// <returns>What that brought, and the model, also where others leave no room for it.</returns>
    public async Task<(ModelChange Change, LoadedModel? Model)> LookAsync(bool anew, bool wanted, Func<LoadedModel, Task> tryOut)
    {
        var stamp = Stamp.Of(path);
        var old = _state;
        if (old.Stamp == stamp && !anew && !(wanted && old is { Model: null, Facts: not null }))
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
            // An unchanged model keeps its place, and its pages in the caches; one forgotten meanwhile does not come back by a fault.
            _state = now = now.Facts == old.Facts && (now.Error is not null || _state.Model is not null) ? now with { Model = _state.Model } : now;
        }

        return (change, now.Model);
    }

    /// <summary>Drops the model from memory; what is known of it stays.</summary>
    public void Evict()
    {
        lock (_writing)
        {
            _state = _state with { Model = null };
        }
    }

    private static ModelChange Change(State old, State now) => (now.Error, old.Facts, now.Facts) switch
    {
        // One report a fault, not one a look.
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
            // It went between the look and the read.
            return new(Stamp.Missing, null, null, null, 0);
        }
        catch (CheckpointException fault)
        {
            return old with { Stamp = stamp, Error = fault.Message };
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // A lock that is let go and a mended permission leave no trace in the stamp, so the next look reads again.
            return old with { Stamp = Stamp.None, Error = fault.Message };
        }
    }

    private sealed record State(Stamp Stamp, LoadedModel? Model, ModelFacts? Facts, string? Error, long RejectedAt);

    // The creation time tells files apart that were moved into place with equal sizes and times of writing.
    private readonly record struct Stamp(DateTime WrittenAt, DateTime CreatedAt, long Length)
    {
        public static readonly Stamp None = new(default, default, -2);
        public static readonly Stamp Missing = new(default, default, -1);

        public static Stamp Of(string path)
        {
            var file = new FileInfo(path);
            // A folder of that name is not a missing file: it is rejected.
            return file.Exists ? new(file.LastWriteTimeUtc, file.CreationTimeUtc, file.Length)
                : Directory.Exists(path) ? new(file.LastWriteTimeUtc, file.CreationTimeUtc, 0)
                : Missing;
        }
    }
}

/// <summary>What outlives a model's stay in memory.</summary>
internal sealed record ModelFacts(string Digest, CheckpointMetadata Metadata);

/// <summary>What a look at a checkpoint file brought.</summary>
internal enum ModelChange
{
    None,
    Loaded,
    Swapped,
    Gone,
    Rejected,
}
