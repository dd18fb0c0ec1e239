using System.Diagnostics;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Lstm;
using Coinsphere.Messaging.Hosting.Caching;
using Coinsphere.Messaging.Hosting.Health;
using Coinsphere.Messaging.Onnx;
using Coinsphere.Messaging.Worker.MarketData.Synthetic;
using Coinsphere.Messaging.Worker.Models;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.Tests.Models;

/// <summary>Models and what they lie in, made for a test.</summary>
internal static class TestModels
{
    /// <summary>A store that tries models on invented bars.</summary>
    public static ModelStore Store(ModelsOptions models, SymbolCatalog catalog, IResultCache cache, ILogger<ModelStore> log)
    {
        var (options, time) = (Options.Create(models), new FakeUtcNow(TestWorker.Now));
        var trial = new ModelTrial(new SyntheticPriceSource(catalog, time), time, new ListLogger<ModelTrial>());
        var folder = new CheckpointFolder(options, catalog, time);
        var conditions = new Conditions(TimeProvider.System, new ListLogger<Conditions>());
        return new ModelStore(
            folder,
            new ModelReader(new ManagedEngine(), new OnnxEngine(OnnxLimits.Default)),
            new VolatilityStore(folder, conditions, new ListLogger<VolatilityStore>()),
            trial,
            options,
            catalog,
            cache,
            time,
            conditions,
            log);
    }

    /// <summary>Makes what only has a file's name.</summary>
    public static void MakeFifo(string path)
    {
        using var made = Process.Start("mkfifo", [path]);
        made.WaitForExit();
        Assert.Equal(0, made.ExitCode);
    }
}
