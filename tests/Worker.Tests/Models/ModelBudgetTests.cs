using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Caching;
using Coinsphere.Messaging.Worker.Models;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.Tests.Models;

/// <summary>The smallest budget holds one of the goldens' models of 0.56 MB, but not two.</summary>
public sealed class ModelBudgetTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly MemoryResultCache _cache = new(FakeTime.At(TestWorker.Now), Options.Create(new CacheOptions()));
    private readonly ModelStore _store;

    public ModelBudgetTests() => _store = TestModels.Store(
        new ModelsOptions { Folder = _folder.Models, MemoryBudgetMb = 1 },
        SymbolCatalog.Default,
        _cache,
        new ListLogger<ModelStore>());

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task ModelsUnusedForLongest_LeaveMemoryAndComeBackOnUse()
    {
        _folder.WithModel("BTC_best.pth", Golden.Alpha).WithModel("ETH_best.pth", Golden.Bravo);
        await _store.RefreshAsync(Cancel);
        // Which of them was read last is chance.
        var away = Assert.Single(_store.LoadedSymbols) == "ETH" ? "BTC" : "ETH";
        var version = await _cache.VersionAsync(away, Cancel);

        var model = (await _store.GetAsync(away, Cancel)).Answer!;

        Assert.Equal([away], _store.LoadedSymbols);
        Assert.Equal(away + "_best", model.Name);
        Assert.Equal(version, await _cache.VersionAsync(away, Cancel));
    }

    [Fact]
    public async Task ModelOutOfMemory_IsDescribedWithoutItsReading()
    {
        _folder.WithModel("BTC_best.pth", Golden.Alpha).WithModel("ETH_best.pth", Golden.Bravo);
        await _store.RefreshAsync(Cancel);
        await _store.GetAsync("ETH", Cancel);

        Assert.Equal("trained", (await _store.DescribeAsync("BTC", Cancel)).Status);
        Assert.Equal(["ETH"], _store.LoadedSymbols);
    }

    [Fact]
    public async Task EnsembleLargerThanTheBudget_IsWhole()
    {
        _folder.WithModel("BTC_best.pth", Golden.Alpha).WithModel("BTC_v1.pth", Golden.Bravo).WithModel("BTC_v2.pth", Golden.Alpha);
        await _store.RefreshAsync(Cancel);

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(3, (await _store.GetAllAsync("BTC", Cancel)).Answer!.Length);
        }
    }

    [Fact]
    public async Task EnsembleLargerThanTheBudget_IsWholeWhileOthersAreRead()
    {
        _folder.WithModel("BTC_best.pth", Golden.Alpha).WithModel("BTC_v1.pth", Golden.Bravo).WithModel("BTC_v2.pth", Golden.Alpha)
            .WithModel("ETH_best.pth", Golden.Bravo);
        await _store.RefreshAsync(Cancel);

        var ensembles = Task.Run(ReadEnsemblesAsync, Cancel);
        while (!ensembles.IsCompleted)
        {
            Assert.False((await _store.GetAsync("ETH", Cancel)).IsRefused);
        }

        await ensembles;

        async Task ReadEnsemblesAsync()
        {
            for (var i = 0; i < 60; i++)
            {
                Assert.Equal(3, (await _store.GetAllAsync("BTC", Cancel)).Answer?.Length);
            }
        }
    }

    [Fact]
    public async Task ModelChangedWhileOutOfMemory_EndsItsAnswers()
    {
        _folder.WithModel("BTC_best.pth", Golden.Alpha).WithModel("ETH_best.pth", Golden.Bravo);
        await _store.RefreshAsync(Cancel);
        await _store.GetAsync("ETH", Cancel);
        Assert.Equal(["ETH"], _store.LoadedSymbols);
        var (digest, version) = ((await _store.DescribeAsync("BTC", Cancel)).ModelDigest, await _cache.VersionAsync("BTC", Cancel));

        _folder.WithModel("BTC_best.pth", Golden.Bravo);
        await _store.RefreshAsync(Cancel);

        Assert.NotEqual(digest, (await _store.DescribeAsync("BTC", Cancel)).ModelDigest);
        Assert.NotEqual(version, await _cache.VersionAsync("BTC", Cancel));
    }
}
