using Coinsphere.Messaging.Hosting.Configuration;
using Coinsphere.Messaging.Hosting.Telemetry;
using Microsoft.Extensions.Logging;

namespace Coinsphere.Messaging.Worker.Models;

// Looks at the folder.
internal sealed partial class ModelStore
{
    private const string Name = "models";
    private const string FolderName = "models-folder";

    private readonly Lock _keeping = new();

    /// <summary>Looks at the files of every supported symbol.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        if (List() is not { } listed)
        {
            return;
        }

        await Parallel.ForEachAsync(catalog.Supported, cancellationToken, async (symbol, cancel) => await LookAsync(symbol, Look.Changes, listed, cancel));
        KeepBudget();
        if (catalog.Supported.Any(symbol => Files(symbol) is [{ Facts: not null }, ..]))
        {
            conditions.Clear(Name);
        }
        else
        {
            conditions.Note(
                Name,
                $"{SettingNames.Of("Models:Folder")} '{options.Value.Folder}' has no model that can be used of any supported symbol; only risk is answered");
        }
    }

    /// <summary>Reads the symbol's files, also those that seem unchanged.</summary>
    public async Task ReadAgainAsync(string symbol, CancellationToken cancellationToken) => await LookAsync(symbol, Look.Anew, listed: null, cancellationToken);

    private async Task<(ModelFile[] Files, LoadedModel?[] Models)> LookAsync(
        string symbol, Look look, ILookup<string, string>? listed, CancellationToken cancellationToken)
    {
        var looking = _looking[(uint)symbol.GetHashCode(StringComparison.Ordinal) % _looking.Length];
        await looking.WaitAsync(cancellationToken);
        try
        {
            var known = Files(symbol);
            var paths = listed is null ? null : folder.PathsOf(symbol, listed);
            // What was listed for all symbols may be older than this one's last look.
            if (paths is null || (known is not [] && !paths.SequenceEqual(known.Select(file => file.Path))))
            {
                listed = List();
                paths = listed is null ? null : folder.PathsOf(symbol, listed);
            }

            if (listed is not null)
            {
                NotePassedOver(symbol, listed);
            }

            if (paths is not null)
            {
                return await ReadAsync(
                    symbol,
                    look,
                    Array.ConvertAll(paths, path => known.FirstOrDefault(file => file.Path == path) ?? new ModelFile(path, reader, time)),
                    cancellationToken);
            }

            if (known is [])
            {
                known = [new ModelFile(folder.UnlistedBestOf(symbol), reader, time)];
            }

            return (known, Array.ConvertAll(known, file => file.InMemory));
        }
        finally
        {
            looking.Release();
        }
    }

    /// <summary>
    /// The symbol's files and the models in them. Taken as they are read, since others may leave memory for them, so that an ensemble larger than the budget is
    /// whole.
    /// </summary>
    private async Task<(ModelFile[] Files, LoadedModel?[] Models)> ReadAsync(string symbol, Look look, ModelFile[] files, CancellationToken cancellationToken)
    {
        var changed = false;
        var models = new LoadedModel?[files.Length];
        await _reading.WaitAsync(cancellationToken);
        try
        {
            for (var i = 0; i < files.Length; i++)
            {
                var before = files[i].InMemory;
                models[i] = await ReadAsync(symbol, files[i], look == Look.Anew, look == Look.All || (look == Look.Best && i == 0), cancellationToken);
                changed |= !ReferenceEquals(before, models[i]);
            }
        }
        finally
        {
            _reading.Release();
        }

        // Others are described and forgotten, since any text of 15 letters is a symbol.
        if (catalog.IsSupported(symbol))
        {
            _lineUps[symbol] = files;
            if (changed)
            {
                KeepBudget();
            }

            await AnnounceAsync(symbol, files, cancellationToken);
            if (changed)
            {
                Changed?.Invoke();
            }
        }

        return (files, models);
    }

    // Two models in one place: which one is meant is not guessed at silently.
    private void NotePassedOver(string symbol, ILookup<string, string> listed)
    {
        var files = folder.PassedOver(symbol, listed).Select(file => $"{file.Onnx}: {file.Instead} is there too, and serves; expected one of them");
        var found = string.Join("; ", files);
        var before = _passedOver.GetValueOrDefault(symbol, "");
        if (found == before || !catalog.IsSupported(symbol))
        {
            return;
        }

        _passedOver[symbol] = found;
        if (found.Length > 0)
        {
            LogPassedOver(symbol, found);
            Meters.ModelChanged(symbol, nameof(ModelChange.Rejected).ToLowerInvariant());
        }
    }

    /// <summary>What the folder has; null where it cannot be read.</summary>
    private ILookup<string, string>? List()
    {
        try
        {
            var listed = folder.List();
            conditions.Clear(FolderName);
            return listed;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // A share that is away for a moment, a folder that is being replaced: no model is given up for it.
            conditions.Note(
                FolderName,
                $"{SettingNames.Of("Models:Folder")} '{options.Value.Folder}' cannot be read, the models in memory go on: {fault.Message}");
            return null;
        }
    }

    private async Task<LoadedModel?> ReadAsync(string symbol, ModelFile file, bool anew, bool wanted, CancellationToken cancellationToken)
    {
        var before = file.InMemory;
        var (change, model) = await file.LookAsync(anew, wanted, tried => trial.RunAsync(symbol, tried, cancellationToken));
        switch (change)
        {
            case ModelChange.Loaded:
                // A cache clear may have dropped it again.
                if (model is not null)
                {
                    LogLoaded(symbol, model.Name, model.Metadata.ModelVersion, model.Digest, model.Network.Kernel);
                }

                break;
            case ModelChange.Swapped:
                LogSwapped(symbol, file.Path, file.Facts!.Digest);
                break;
            case ModelChange.Gone:
                LogGone(symbol, file.Path);
                break;
            case ModelChange.Rejected:
                LogRejected(symbol, file.Error!, file.Facts?.Digest);
                break;
        }

        if (change != ModelChange.None)
        {
            Meters.ModelChanged(symbol, change.ToString().ToLowerInvariant());
        }

        if (model is not null && !ReferenceEquals(before, model))
        {
            Use(file);
        }

        return model;
    }

    // Ends what older models answered. Where that fails, the next look tries again.
    private async Task AnnounceAsync(string symbol, ModelFile[] files, CancellationToken cancellationToken)
    {
        // Also at the first look: no worker may have been there to see the last change.
        var facts = Array.ConvertAll(files, file => file.Facts);
        if (_announced.TryGetValue(symbol, out var announced) && announced.SequenceEqual(facts))
        {
            return;
        }

        try
        {
            await cache.InvalidateAsync(symbol, cancellationToken);
            _announced[symbol] = facts;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LogNotAnnounced(failure, symbol);
        }
    }

    // The one used last stays, even where it is larger than the budget.
    private void KeepBudget()
    {
        lock (_keeping)
        {
            var loaded = _lineUps.SelectMany(pair => pair.Value).Where(file => file.InMemory is not null).ToList();
            var bytes = loaded.Sum(file => file.InMemory?.Bytes ?? 0);
            if (bytes > _budget)
            {
                foreach (var file in loaded.OrderBy(file => file.LastUse).SkipLast(1).TakeWhile(_ => bytes > _budget))
                {
                    bytes -= file.InMemory?.Bytes ?? 0;
                    file.Evict();
                    LogEvicted(file.Path, options.Value.MemoryBudgetMb);
                }
            }

            Meters.ModelMemory(bytes);
        }
    }

    private enum Look
    {
        Changes, // reads files that have changed
        Best,    // and the best model where it is not in memory
        All,     // and every model that is not
        Anew,    // reads all files
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Model of {Symbol} loaded: {Name} {Version} {Digest} on {Kernel}")]
    private partial void LogLoaded(string symbol, string name, string version, string digest, string kernel);

    [LoggerMessage(Level = LogLevel.Information, Message = "Model of {Symbol} swapped: {Path} is now {Digest}")]
    private partial void LogSwapped(string symbol, string path, string digest);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Model of {Symbol} gone: {Path} was removed")]
    private partial void LogGone(string symbol, string path);

    [LoggerMessage(Level = LogLevel.Error, Message = "Checkpoint of {Symbol} rejected: {Error} Answering goes on with {Digest}")]
    private partial void LogRejected(string symbol, string error, string? digest);

    [LoggerMessage(Level = LogLevel.Error, Message = "Model of {Symbol} refused: {Reason}")]
    private partial void LogPassedOver(string symbol, string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Path} left memory for others, beyond {BudgetMb} MB")]
    private partial void LogEvicted(string path, int budgetMb);


    [LoggerMessage(Level = LogLevel.Warning, Message = "Cached answers of {Symbol} could not be ended after a change of its models; the next look tries again")]
    private partial void LogNotAnnounced(Exception exception, string symbol);
}
