using System.Collections.Concurrent;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Caching;
using Coinsphere.Messaging.Hosting.Health;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.Models;

/// <summary>
/// The models of this worker, by symbol. Requests take what is in memory and look at no file; looks at the folder read what has changed, one at
/// a time of a symbol. A model is in its place before the version of its symbol ends, so that every answer of the next version is made by it.
/// </summary>
internal sealed partial class ModelStore(
    CheckpointFolder folder, ModelReader reader, ModelTrial trial, IOptions<ModelsOptions> options, SymbolCatalog catalog, IResultCache cache,
    TimeProvider time, Conditions conditions,
    ILogger<ModelStore> logger) : IDisposable
{
    private readonly long _budget = options.Value.MemoryBudgetMb * 1_000_000L;

    // One look at a time of a symbol, which symbols share; within it, no more readings at a time than there are cores.
    private readonly SemaphoreSlim[] _looking = [.. Enumerable.Range(0, 64).Select(_ => new SemaphoreSlim(1))];
    private readonly SemaphoreSlim _reading = new(Environment.ProcessorCount);

    // By symbol, the best model's file first.
    private readonly ConcurrentDictionary<string, ModelFile[]> _lineUps = new(StringComparer.Ordinal);

    // By symbol, the line-up for which the version was last ended.
    private readonly ConcurrentDictionary<string, ModelFacts?[]> _announced = new(StringComparer.Ordinal);

    // By symbol, the ONNX files that a checkpoint keeps from serving.
    private readonly ConcurrentDictionary<string, string> _passedOver = new(StringComparer.Ordinal);

    // A file that has been bad for longer is not about to be good.
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(30);

    private long _uses;

    /// <summary>Raised after a model came, went or changed.</summary>
    public event Action? Changed;

    /// <summary>The canonical symbols whose best model is in memory.</summary>
    public IReadOnlyList<string> LoadedSymbols => catalog.Supported.Where(symbol => Files(symbol) is [{ InMemory: not null }, ..]).ToArray();

    /// <summary>The symbol's best model, or why there is none.</summary>
    public async ValueTask<Result<LoadedModel>> GetAsync(string symbol, CancellationToken cancellationToken)
    {
        var files = Files(symbol);
        var model = files is [var best, ..] ? Use(best) : null;
        if (model is null && files is [] or [{ Facts: not null }, ..])
        {
            (files, var models) = await LookAsync(symbol, Look.Best, listed: null, cancellationToken);
            model = models[0];
        }

        return model is not null ? model : NoModel(symbol, files[0].Error);
    }

    /// <summary>Every model of the symbol that loads, the best one first, then its versions by number; or why there is none.</summary>
    public async ValueTask<Result<LoadedModel[]>> GetAllAsync(string symbol, CancellationToken cancellationToken)
    {
        var files = Files(symbol);
        var models = Array.ConvertAll(files, Use);
        if (files is [] || files.Zip(models).Any(pair => pair is { First.Facts: not null, Second: null }))
        {
            (files, models) = await LookAsync(symbol, Look.All, listed: null, cancellationToken);
        }

        var loaded = models.OfType<LoadedModel>().ToArray();
        return loaded.Length > 0 ? loaded : NoModel(symbol, files.Select(file => file.Error).FirstOrDefault(error => error is not null));
    }

    /// <summary>What is known of the symbol's best model.</summary>
    public async ValueTask<ModelInfo> DescribeAsync(string symbol, CancellationToken cancellationToken)
    {
        var files = Files(symbol);
        if (files is [])
        {
            (files, _) = await LookAsync(symbol, Look.Changes, listed: null, cancellationToken);
        }

        var best = files[0];
        if (best.Facts is not { } facts)
        {
            return new ModelInfo(symbol, ModelInfo.NotTrained, "N/A", null, null, null, null, best.Error);
        }

        var metadata = facts.Metadata;
        return new ModelInfo(
            symbol,
            ModelInfo.Trained,
            metadata.ModelVersion,
            metadata.TrainedAt,
            metadata.TestAccuracy,
            best.Path,
            facts.Digest,
            best.Error ?? PassedOver(symbol));
    }

    /// <summary>Whether the symbol has no model since its newest file is rejected, and that not for long: it may be in the middle of being written.</summary>
    public bool MayHaveOneSoon(string symbol) => Files(symbol) is [{ InMemory: null, RejectedFor: { } rejected }, ..] && rejected < Settling;

    /// <summary>Drops the symbol's models from memory; the next use reads them again.</summary>
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
        foreach (var looking in _looking)
        {
            looking.Dispose();
        }

        _reading.Dispose();
    }

    private string? PassedOver(string symbol) => _passedOver.GetValueOrDefault(symbol) is { Length: > 0 } files ? files : null;

    private ModelFile[] Files(string symbol) => _lineUps.GetValueOrDefault(symbol, []);

    private LoadedModel? Use(ModelFile file)
    {
        file.LastUse = Interlocked.Increment(ref _uses);
        return file.InMemory;
    }

    private static RequestRefused NoModel(string symbol, string? error) => error is null
        ? new(RefusalReason.ModelNotTrained, $"no model is trained for {symbol}")
        : new(RefusalReason.CheckpointRejected, error);
}
