using Coinsphere.Messaging.Hosting.Configuration;
using Coinsphere.Messaging.Hosting.Telemetry;
using Microsoft.Extensions.Logging;

namespace Coinsphere.Messaging.Worker.Models;

// Refreshes the models from the folder.
internal sealed partial class ModelStore
{
    private const string Name = "models";
    private const string FolderName = "models-folder";

    private readonly Lock _evicting = new();

    // After the first refresh, whose models are logged as one event.
    private volatile bool _isStarted;

    /// <summary>Refreshes the models of every supported symbol.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        if (List() is not { } listed)
        {
            return;
        }

        volatility.Refresh();
        await Parallel.ForEachAsync(
            catalog.Supported,
            cancellationToken,
            async (symbol, cancel) => await RefreshAsync(symbol, RefreshMode.Changed, listed, cancel));
        EvictBeyondBudget();
        _isStarted = true;
        if (catalog.Supported.Any(symbol => Files(symbol) is [{ Facts: not null }, ..]))
        {
            conditions.Clear(Name);
        }
        else
        {
            conditions.Note(
                Name,
                $"{SettingNames.Of("Models:Folder")} '{options.Value.Folder}' has no usable model of any supported symbol; only risk is answered");
        }
    }

    /// <summary>Reads all files of a symbol, including those that seem unchanged.</summary>
    public async Task ReloadAsync(string symbol, CancellationToken cancellationToken) =>
        await RefreshAsync(symbol, RefreshMode.Forced, listed: null, cancellationToken);

    private async Task<(ModelFile[] Files, LoadedModel?[] Models)> RefreshAsync(
        string symbol, RefreshMode mode, ILookup<string, string>? listed, CancellationToken cancellationToken)
    {
        var refreshLock = _refreshLocks[(uint)symbol.GetHashCode(StringComparison.Ordinal) % _refreshLocks.Length];
        await refreshLock.WaitAsync(cancellationToken);
        try
        {
            var known = Files(symbol);
            var paths = listed is null ? null : folder.ServingPathsOf(symbol, listed);
            // The listing was made for all symbols, and may be older than the last refresh of this one.
            if (paths is null || (known is not [] && !paths.SequenceEqual(known.Select(file => file.Path))))
            {
                listed = List();
                paths = listed is null ? null : folder.ServingPathsOf(symbol, listed);
            }

            if (listed is not null)
            {
                ReportShadowed(symbol, listed);
            }

            if (paths is not null)
            {
                return await ReadAsync(
                    symbol,
                    mode,
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
            refreshLock.Release();
        }
    }

    /// <summary>
    /// Reads the symbol's files and their models. The models are collected as they are read: some may be evicted for the memory budget meanwhile, and
    /// an ensemble larger than the budget must still be complete.
    /// </summary>
    private async Task<(ModelFile[] Files, LoadedModel?[] Models)> ReadAsync(
        string symbol, RefreshMode mode, ModelFile[] files, CancellationToken cancellationToken)
    {
        var changed = false;
        var models = new LoadedModel?[files.Length];
        await _reading.WaitAsync(cancellationToken);
        try
        {
            for (var i = 0; i < files.Length; i++)
            {
                var before = files[i].InMemory;
                var load = mode == RefreshMode.All || (mode == RefreshMode.Best && i == 0);
                models[i] = await ReadAsync(symbol, files[i], mode == RefreshMode.Forced, load, cancellationToken);
                changed |= !ReferenceEquals(before, models[i]);
            }
        }
        finally
        {
            _reading.Release();
        }

        // Models of unsupported symbols are not kept: any text of up to 15 letters is a symbol.
        if (catalog.IsSupported(symbol))
        {
            _files[symbol] = files;
            if (changed)
            {
                EvictBeyondBudget();
            }

            await InvalidateIfChangedAsync(symbol, files, cancellationToken);
            if (changed)
            {
                Changed?.Invoke();
            }
        }

        return (files, models);
    }

    // Two models under one name: the choice between them is logged.
    private void ReportShadowed(string symbol, ILookup<string, string> listed)
    {
        var files = folder.ShadowedOnnx(symbol, listed).Select(file => $"{file.Onnx}: {file.Instead} exists too, and serves; expected one of them");
        var found = string.Join("; ", files);
        var before = _shadowed.GetValueOrDefault(symbol, "");
        if (found == before || !catalog.IsSupported(symbol))
        {
            return;
        }

        _shadowed[symbol] = found;
        if (found.Length > 0)
        {
            LogShadowed(symbol, found);
            Meters.ModelChanged(symbol, nameof(ModelChange.Rejected).ToLowerInvariant());
        }
    }

    /// <summary>Lists the folder; null where it cannot be read.</summary>
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
            // A network share that is unavailable for a moment, or a folder that is being replaced: the models in memory stay.
            conditions.Note(
                FolderName,
                $"{SettingNames.Of("Models:Folder")} '{options.Value.Folder}' cannot be read, the models in memory go on serving: {fault.Message}");
            return null;
        }
    }

    private async Task<LoadedModel?> ReadAsync(string symbol, ModelFile file, bool force, bool load, CancellationToken cancellationToken)
    {
        var before = file.InMemory;
        var (change, model) = await file.RefreshAsync(force, load, tried => trial.RunAsync(symbol, tried, cancellationToken));
        switch (change)
        {
            case ModelChange.Loaded:
                // A cache clear may have dropped the model again.
                if (model is not null)
                {
                    var level = _isStarted ? LogLevel.Information : LogLevel.Debug;
                    LogLoaded(level, symbol, model.Name, model.Metadata.ModelVersion, model.Digest, model.Network.Kernel);
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

    // Invalidates the answers of older models. Where that fails, the next refresh tries again.
    private async Task InvalidateIfChangedAsync(string symbol, ModelFile[] files, CancellationToken cancellationToken)
    {
        // Also at the first refresh: there may have been no worker when the files last changed.
        var facts = Array.ConvertAll(files, file => file.Facts);
        var digest = volatility.Current.Digest;
        if (_invalidatedFor.TryGetValue(symbol, out var before) && before.Models.SequenceEqual(facts) && before.Volatility == digest)
        {
            return;
        }

        try
        {
            await cache.InvalidateAsync(symbol, cancellationToken);
            _invalidatedFor[symbol] = (facts, digest);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LogNotInvalidated(failure, symbol);
        }
    }

    // The model used last stays, even where it is larger than the budget.
    private void EvictBeyondBudget()
    {
        lock (_evicting)
        {
            var loaded = _files.SelectMany(pair => pair.Value).Where(file => file.InMemory is not null).ToList();
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

    private enum RefreshMode
    {
        Changed, // reads files that have changed
        Best,    // reads changed files, and the best model where it is not in memory
        All,     // reads changed files, and every model that is not in memory
        Forced,  // reads all files
    }

    [LoggerMessage(Message = "Model of {Symbol} loaded: {Name} {Version} {Digest} on {Kernel}")]
    private partial void LogLoaded(LogLevel level, string symbol, string name, string version, string digest, string kernel);

    [LoggerMessage(Level = LogLevel.Information, Message = "Model of {Symbol} swapped: {Path} is now {Digest}")]
    private partial void LogSwapped(string symbol, string path, string digest);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Model of {Symbol} gone: {Path} was removed")]
    private partial void LogGone(string symbol, string path);

    [LoggerMessage(Level = LogLevel.Error, Message = "Checkpoint of {Symbol} rejected: {Error} The model that goes on serving is {Digest}")]
    private partial void LogRejected(string symbol, string error, string? digest);

    [LoggerMessage(Level = LogLevel.Error, Message = "Model of {Symbol} refused: {Reason}")]
    private partial void LogShadowed(string symbol, string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Path} was evicted from memory: the models exceeded {BudgetMb} MB")]
    private partial void LogEvicted(string path, int budgetMb);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Cached answers of {Symbol} could not be invalidated after a change of its models; the next refresh tries again")]
    private partial void LogNotInvalidated(Exception exception, string symbol);
}
