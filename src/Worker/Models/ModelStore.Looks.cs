using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting;
using Microsoft.Extensions.Logging;

namespace Coinsphere.Messaging.Worker.Models;

// Looks at the folder.
internal sealed partial class ModelStore
{
    private bool _folderIsAway;

    /// <summary>Looks at the files of every supported symbol.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        foreach (var symbol in catalog.Supported)
            await LookAsync(symbol, Look.Changes, cancellationToken);
    }

    /// <summary>Reads the symbol's files, also those that seem unchanged.</summary>
    public async Task ReadAgainAsync(string symbol, CancellationToken cancellationToken) => await LookAsync(symbol, Look.Anew, cancellationToken);

    /// <summary>
    /// The symbol's files and the models in them. Taken before others leave memory for them, so that an ensemble larger than the budget is whole.
    /// </summary>
    private async Task<(ModelFile[] Files, LoadedModel?[] Models)> LookAsync(string symbol, Look look, CancellationToken cancellationToken)
    {
        await _looking.WaitAsync(cancellationToken);
        try
        {
            if (!TryLineUp(symbol, out var files))
                return (files, Array.ConvertAll(files, file => file.InMemory));
            var changed = false;
            for (var i = 0; i < files.Length; i++)
                changed |= Read(symbol, files[i], look == Look.Anew || (files[i].IsEvicted && (look == Look.All || (look == Look.Best && i == 0))));
            var models = Array.ConvertAll(files, file => file.InMemory);
            // Others are described and forgotten, since any text of 15 letters is a symbol.
            if (catalog.IsSupported(symbol))
            {
                _lineUps[symbol] = files;
                KeepBudget();
                await AnnounceAsync(symbol, files, cancellationToken);
                if (changed)
                    Changed?.Invoke();
            }

            return (files, models);
        }
        finally
        {
            _looking.Release();
        }
    }

    private bool TryLineUp(string symbol, out ModelFile[] files)
    {
        var known = Files(symbol);
        try
        {
            files = Array.ConvertAll(_folder.PathsOf(symbol), path => known.FirstOrDefault(file => file.Path == path) ?? new ModelFile(path));
            _folderIsAway = false;
            return true;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // A share that is away for a moment, a folder that is being replaced: no model is given up for it.
            if (!_folderIsAway)
                LogFolderAway(options.Value.Folder, fault.Message);
            _folderIsAway = true;
            files = known is [] ? [new ModelFile(Path.Join(options.Value.Folder, symbol + "_best.pth"))] : known;
            return false;
        }
    }

    /// <summary>Whether another model is in memory than before.</summary>
    private bool Read(string symbol, ModelFile file, bool evenUnchanged)
    {
        var before = file.InMemory;
        var change = file.Look(evenUnchanged);
        var model = file.InMemory;
        switch (change)
        {
            case ModelChange.Loaded:
                // A cache clear may have dropped it again.
                if (model is not null)
                    LogLoaded(symbol, model.Name, model.Metadata.ModelVersion, model.Digest, model.Network.Kernel);
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
            Meters.ModelChanged(symbol, change.ToString().ToLowerInvariant());
        if (model is not null && !ReferenceEquals(before, model))
            Use(file);
        return !ReferenceEquals(before, model);
    }

    // Ends what older models answered. Where that fails, the next look tries again.
    private async Task AnnounceAsync(string symbol, ModelFile[] files, CancellationToken cancellationToken)
    {
        // Also at the first look: no worker may have been there to see the last change.
        var facts = Array.ConvertAll(files, file => file.Facts);
        if (_announced.TryGetValue(symbol, out var announced) && announced.SequenceEqual(facts))
            return;
        try
        {
            await cache.EndEpochAsync(symbol, cancellationToken);
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
        var loaded = _lineUps.Values.SelectMany(files => files).Where(file => file.InMemory is not null).OrderBy(file => file.LastUse).ToArray();
        var bytes = loaded.Sum(file => file.InMemory?.Bytes ?? 0);
        foreach (var file in loaded.SkipLast(1).TakeWhile(_ => bytes > _budget))
        {
            bytes -= file.InMemory?.Bytes ?? 0;
            file.Evict();
            LogEvicted(file.Path, options.Value.MemoryBudgetMb);
        }

        Meters.ModelMemory(bytes);
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

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Path} left memory for others, beyond {BudgetMb} MB")]
    private partial void LogEvicted(string path, int budgetMb);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Checkpoint folder {Folder} cannot be read, models in memory go on: {Fault}")]
    private partial void LogFolderAway(string folder, string fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Cached answers of {Symbol} could not be ended after a change of its models; the next look tries again")]
    private partial void LogNotAnnounced(Exception exception, string symbol);
}
