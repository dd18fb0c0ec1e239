using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Caching;
using Coinsphere.Messaging.Hosting.Messaging;
using Coinsphere.Messaging.Worker.Models;
using MassTransit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Coinsphere.Messaging.Worker.Tests.Models;

/// <summary>Runs alone, since it measures the memory of the process, and on a bus that records nothing.</summary>
[Collection(nameof(Alone))]
public sealed class ModelSwapTests
{
    private const int Swaps = 100;
    private const int Callers = 4;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task HundredSwapsUnderLoad_FailNoRequestAndKeepNoModel()
    {
        using var folder = new TestFolder().WithPrices("BTC", Golden.PriceLines(Golden.Bravo)).WithModel("BTC_best.pth", Golden.Alpha)
            .WithModel("ALPHA_best.pth", Golden.Alpha).WithModel("BRAVO_best.pth", Golden.Bravo);
        using var host = await StartAsync(folder);
        var store = host.Services.GetRequiredService<ModelStore>();
        var client = host.Services.GetRequiredService<IBus>().CreateRequestClient<PredictRequested>(Endpoints.Address(Endpoints.Predict));
        string[] digests = [(await store.DescribeAsync("ALPHA", Cancel)).ModelDigest!, (await store.DescribeAsync("BRAVO", Cancel)).ModelDigest!];
        var models = new List<WeakReference>();
        var answered = new int[2];
        var before = 0L;

        for (var swap = 1; swap <= Swaps; swap++)
        {
            // Each swap meets requests at every stage of their way.
            var asked = Enumerable.Range(0, Callers).Select(_ => Task.Run(AskAsync, Cancel)).ToArray();
            folder.WithModel("BTC_best.pth", swap % 2 == 1 ? Golden.Bravo : Golden.Alpha);
            await store.RefreshAsync(Cancel);
            var newest = AskAsync();
            foreach (var digest in await Task.WhenAll(asked))
            {
                answered[Array.IndexOf(digests, digest)]++;
            }

            Assert.Equal(digests[swap % 2], await newest);
            models.Add(await InMemoryAsync(store));
            if (swap == Swaps / 10)
            {
                before = GC.GetTotalMemory(forceFullCollection: true);
            }
        }

        var after = GC.GetTotalMemory(forceFullCollection: true);
        Assert.Equal(Swaps * Callers, answered.Sum());
        Assert.All(answered, count => Assert.NotEqual(0, count));
        // One answers now, and a finished request's frames may still hold one.
        Assert.InRange(models.Count(model => model.IsAlive), 1, 2);
        // Ninety models would be 50 MB.
        Assert.InRange(after - before, long.MinValue, 5_000_000);
        await host.StopAsync(Cancel);

        async Task<string> AskAsync() => (await client.GetResponse<PredictionAnswer>(new PredictRequested("BTC"), Cancel)).Message.ModelDigest;
    }

    private static async Task<IHost> StartAsync(TestFolder folder)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection([
            new("Symbols:Supported", "BTC,ALPHA,BRAVO"), new("Prices:Folder", folder.Prices), new("Prices:MaxAge", ""), new("Schedule:Every", ""),
            new("Models:Folder", folder.Models)]);
        builder.Services.AddResultCacheInMemory(builder.Configuration);
        builder.AddWorker();
        builder.Services.AddInMemoryBus(bus => bus.RegisterWorker());
        var host = builder.Build();
        await host.StartAsync(Cancel);
        return host;
    }

    private static async Task<WeakReference> InMemoryAsync(ModelStore store) => new((await store.GetAsync("BTC", Cancel)).Answer);
}

/// <summary>Tests beside which no other one runs.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
