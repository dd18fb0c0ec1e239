using System.Collections.Concurrent;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Hosting.Caching;
using Coinsphere.Messaging.Hosting.Health;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.Models;

/// <summary>
/// The models of this worker, by symbol. Requests use what is in memory and read no file. A refresh reads files that have changed, one refresh at a
/// time per symbol. A new model is in its place before the symbol's cache version changes, so every answer of the next version is computed by it.
/// </summary>
internal sealed partial class ModelStore(
    CheckpointFolder folder, ModelReader reader, VolatilityStore volatility, ModelTrial trial, IOptions<ModelsOptions> options, SymbolCatalog catalog,
    IResultCache cache, TimeProvider time, Conditions conditions,
    ILogger<ModelStore> logger) : IDisposable
{
    private readonly long _budget = options.Value.MemoryBudgetMb * 1_000_000L;

    // One refresh at a time per symbol, from a fixed set of locks that symbols share. Among them, at most one read per core at a time.
    private readonly SemaphoreSlim[] _refreshLocks = [.. Enumerable.Range(0, 64).Select(_ => new SemaphoreSlim(1))];
    private readonly SemaphoreSlim _reading = new(Environment.ProcessorCount);

    // By symbol: its files, the best model's first.
    private readonly ConcurrentDictionary<string, ModelFile[]> _files = new(StringComparer.Ordinal);

    // By symbol: the models for which the cache was last invalidated, and the volatility model's digest.
    private readonly ConcurrentDictionary<string, (ModelFacts?[] Models, string Volatility)> _invalidatedFor = new(StringComparer.Ordinal);

    // By symbol: the ONNX files that do not serve because a checkpoint does.
    private readonly ConcurrentDictionary<string, string> _shadowed = new(StringComparer.Ordinal);

    // A file that has been invalid for longer is probably not being written any more.
    private static readonly TimeSpan WritingTime = TimeSpan.FromSeconds(30);

    private long _uses;

    /// <summary>Raised after a model was loaded, removed or changed.</summary>
    public event Action? Changed;

    /// <summary>The canonical symbols whose best model is in memory.</summary>
    public IReadOnlyList<string> LoadedSymbols => catalog.Supported.Where(symbol => Files(symbol) is [{ InMemory: not null }, ..]).ToArray();

    /// <summary>How many of <see cref="LoadedSymbols"/> the pooled network serves.</summary>
    public int PooledSymbols => LoadedSymbols.Count(symbol => CheckpointFolder.IsPooled(Files(symbol)[0].Path));

    /// <summary>The symbol's best model, or the refusal.</summary>
    public async ValueTask<Result<LoadedModel>> GetAsync(string symbol, CancellationToken cancellationToken)
    {
        var files = Files(symbol);
        var model = files is [var best, ..] ? Use(best) : null;
        if (model is null && files is [] or [{ Facts: not null }, ..])
        {
            (files, var models) = await RefreshAsync(symbol, RefreshMode.Best, listed: null, cancellationToken);
            model = models[0];
        }

        return model is not null ? model : NoModel(symbol, files[0].Error);
    }

    /// <summary>Every valid model of the symbol, the best one first, then its versions by number; or the refusal.</summary>
    public async ValueTask<Result<LoadedModel[]>> GetAllAsync(string symbol, CancellationToken cancellationToken)
    {
        var files = Files(symbol);
        var models = Array.ConvertAll(files, Use);
        if (files is [] || files.Zip(models).Any(pair => pair is { First.Facts: not null, Second: null }))
        {
            (files, models) = await RefreshAsync(symbol, RefreshMode.All, listed: null, cancellationToken);
        }

        var loaded = models.OfType<LoadedModel>().ToArray();
        return loaded.Length > 0 ? loaded : NoModel(symbol, files.Select(file => file.Error).FirstOrDefault(error => error is not null));
    }

    /// <summary>Describes the symbol's best model.</summary>
    public async ValueTask<ModelInfo> DescribeAsync(string symbol, CancellationToken cancellationToken)
    {
        var files = Files(symbol);
        if (files is [])
        {
            (files, _) = await RefreshAsync(symbol, RefreshMode.Changed, listed: null, cancellationToken);
        }

        var best = files[0];
        var isPooled = CheckpointFolder.IsPooled(best.Path);
        if (best.Facts is not { } facts)
        {
            return new ModelInfo(symbol, ModelInfo.NotTrained, "N/A", null, null, null, null, best.Error) { LastTraining = folder.LastResult(symbol) };
        }

        var metadata = facts.Metadata;
        return new ModelInfo(
            symbol,
            ModelInfo.Trained,
            metadata.ModelVersion,
            metadata.TrainedAt,
            metadata.TestAccuracy is { } accuracy ? Rounding.Decimals(accuracy, 4) : null,
            Path.IsPathRooted(best.Path) ? Path.GetFileName(best.Path) : best.Path,
            facts.Digest,
            best.Error ?? ShadowedOnnx(symbol))
        {
            LastTraining = folder.LastResult(isPooled ? CheckpointFolder.Pooled : symbol),
            Pooled = isPooled,
        };
    }

    /// <summary>Whether the symbol has no model because its newest file was rejected a short time ago. The file may still be being written.</summary>
    public bool MayHaveModelSoon(string symbol) => Files(symbol) is [{ InMemory: null, RejectedFor: { } rejected }, ..] && rejected < WritingTime;

    /// <summary>Drops the symbol's models from memory. The next use reads them again.</summary>
    public void Forget(string symbol)
    {
        foreach (var file in Files(symbol))
        {
            file.Evict();
        }

        Changed?.Invoke();
    }

    public void Dispose()
    {
        foreach (var refreshLock in _refreshLocks)
        {
            refreshLock.Dispose();
        }

        _reading.Dispose();
    }

    private string? ShadowedOnnx(string symbol) => _shadowed.GetValueOrDefault(symbol) is { Length: > 0 } files ? files : null;

    private ModelFile[] Files(string symbol) => _files.GetValueOrDefault(symbol, []);

    private LoadedModel? Use(ModelFile file)
    {
        file.LastUse = Interlocked.Increment(ref _uses);
        return file.InMemory;
    }

    private static RequestRefused NoModel(string symbol, string? error) => error is null
        ? new(RefusalReason.ModelNotTrained, $"no model is trained for {symbol}")
        : new(RefusalReason.CheckpointRejected, error);
}
