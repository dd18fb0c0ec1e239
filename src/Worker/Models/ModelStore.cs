using System.Collections.Concurrent;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.Models;

/// <summary>The models of this worker, by symbol. Symbols are canonical, so no caller's text becomes a path.</summary>
internal sealed partial class ModelStore(IOptions<ModelsOptions> options, SymbolCatalog catalog, IResultCache cache, ILogger<ModelStore> logger)
{
    private readonly ConcurrentDictionary<string, ModelFile> _files = new(StringComparer.Ordinal);

    // Digests of all models of a symbol: files come and go, which no single one of them tells.
    private readonly ConcurrentDictionary<string, string> _lineUps = new(StringComparer.Ordinal);

    /// <summary>Raised after a model came, went or changed.</summary>
    public event Action? Changed;

    /// <summary>The canonical symbols whose best model is in memory.</summary>
    public IReadOnlyList<string> LoadedSymbols => catalog.Supported.Where(symbol => BestFile(symbol).InMemory is not null).ToArray();

    /// <summary>The symbol's best model, or why there is none.</summary>
    public async ValueTask<Outcome<LoadedModel>> GetAsync(string symbol, CancellationToken cancellationToken)
    {
        var file = BestFile(symbol);
        return await LoadAsync(file, symbol, cancellationToken) is { } model ? model : NoModel(symbol, file.Error);
    }

    /// <summary>
    /// Every model of the symbol that loads, the best one first, then its versions by number; or why there is none. Where they are not
    /// those of the last look, the symbol's cached answers end.
    /// </summary>
    public async ValueTask<Outcome<LoadedModel[]>> GetAllAsync(string symbol, CancellationToken cancellationToken)
    {
        var models = new List<LoadedModel>();
        string? error = null;
        foreach (var file in AllFiles(symbol))
        {
            if (await LoadAsync(file, symbol, cancellationToken) is { } model)
                models.Add(model);
            error ??= file.Error;
        }

        var lineUp = string.Join('\n', models.Select(model => model.Digest));
        var before = lineUp;
        _lineUps.AddOrUpdate(symbol, lineUp, (_, old) =>
        {
            before = old;
            return lineUp;
        });
        if (before != lineUp)
            await cache.EndEpochAsync(symbol, cancellationToken);
        return models.Count == 0 ? NoModel(symbol, error) : models.ToArray();
    }

    /// <summary>What is known of the symbol's best model.</summary>
    public async ValueTask<ModelInfo> DescribeAsync(string symbol, CancellationToken cancellationToken)
    {
        var file = BestFile(symbol);
        if (await LoadAsync(file, symbol, cancellationToken) is not { } model)
            return new ModelInfo(symbol, ModelInfo.NotTrained, "N/A", null, null, null, null, file.Error);
        var metadata = model.Metadata;
        return new ModelInfo(symbol, ModelInfo.Trained, metadata.ModelVersion, metadata.TrainedAt, metadata.TestAccuracy, file.Path, model.Digest, file.Error);
    }

    /// <summary>Drops the symbol's models from memory.</summary>
    public void Forget(string symbol)
    {
        foreach (var file in AllFiles(symbol))
            file.Forget();
        Changed?.Invoke();
    }

    private async ValueTask<LoadedModel?> LoadAsync(ModelFile file, string symbol, CancellationToken cancellationToken)
    {
        var model = file.Load(out var change);
        switch (change)
        {
            case ModelChange.Rejected:
                LogRejected(symbol, file.Error!, model?.Digest);
                break;
            case ModelChange.Loaded:
                LogLoaded(symbol, model!.Name, model.Metadata.ModelVersion, model.Digest, model.Network.Kernel);
                Changed?.Invoke();
                break;
            case ModelChange.Swapped:
                LogSwapped(symbol, file.Path, model?.Digest);
                await cache.EndEpochAsync(symbol, cancellationToken);
                Changed?.Invoke();
                break;
        }

        return model;
    }

    private static RequestRefused NoModel(string symbol, string? error) => error is null
        ? new(RefusalReason.ModelNotTrained, $"no model is trained for {symbol}")
        : new(RefusalReason.CheckpointRejected, error);

    private ModelFile BestFile(string symbol) => File(ExistingName(symbol) + "_best.pth");

    private IEnumerable<ModelFile> AllFiles(string symbol)
    {
        var name = ExistingName(symbol);
        var versions = Directory.Exists(options.Value.Folder)
            ? Directory.EnumerateFiles(options.Value.Folder, name + "_v*.pth").Select(Path.GetFileName).Select(file => (File: file!, Number: VersionNumber(file!, name)))
            : [];
        return versions.Where(version => version.Number is not null).OrderBy(version => version.Number).Select(version => version.File).Prepend(name + "_best.pth").Select(File);
    }

    // MATIC's checkpoint may go by its alias POL.
    private string ExistingName(string symbol) =>
        catalog.NamesOf(symbol).FirstOrDefault(name => System.IO.File.Exists(Path.Join(options.Value.Folder, name + "_best.pth")), symbol);

    private static int? VersionNumber(string file, string name) =>
        int.TryParse(file.AsSpan()[(name.Length + "_v".Length)..^".pth".Length], System.Globalization.NumberStyles.None, null, out var number) ? number : null;

    // A file that was never there is not remembered: callers may ask about any text that looks like a symbol.
    private ModelFile File(string name)
    {
        if (_files.TryGetValue(name, out var known))
            return known;
        var path = Path.Join(options.Value.Folder, name);
        return System.IO.File.Exists(path) ? _files.GetOrAdd(name, static (_, path) => new ModelFile(path), path) : new ModelFile(path);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Model of {Symbol} loaded: {Name} {Version} {Digest} on {Kernel}")]
    private partial void LogLoaded(string symbol, string name, string version, string digest, string kernel);

    [LoggerMessage(Level = LogLevel.Information, Message = "Model of {Symbol} swapped: {Path} is now {Digest}")]
    private partial void LogSwapped(string symbol, string path, string? digest);

    [LoggerMessage(Level = LogLevel.Error, Message = "Checkpoint of {Symbol} rejected: {Error} Answering goes on with {Digest}")]
    private partial void LogRejected(string symbol, string error, string? digest);
}
