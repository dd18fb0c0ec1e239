using System.Diagnostics;
using System.Globalization;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Caching;
using Coinsphere.Messaging.Worker.Models;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.Tests.Models;

public sealed class ModelRefreshTests
{
    // A refresh that lists the folder for each symbol would take a hundred times as long.
    [Fact]
    [Trait("Category", "WallClock")]
    public async Task TenTimesTheSymbols_TakeAboutTenTimesAsLong()
    {
        using var few = new TimedStore(symbols: 300);
        using var many = new TimedStore(symbols: 3000);
        var (forFew, forMany) = (TimeSpan.MaxValue, TimeSpan.MaxValue);
        for (var round = 0; round < 5; round++)
        {
            forFew = new[] { forFew, await few.TimeAsync() }.Min();
            forMany = new[] { forMany, await many.TimeAsync() }.Min();
        }

        Assert.True(forMany < 30 * forFew, $"3,000 symbols took {forMany.TotalMilliseconds:F1} ms, 300 took {forFew.TotalMilliseconds:F1} ms");
    }

    [Fact]
    public async Task FirstRefresh_ReadsEveryModelAndEndsTheBudgetsExcess()
    {
        using var store = new TimedStore(symbols: 40, Golden.Alpha, memoryBudgetMb: 10);

        await store.TimeAsync();

        // 0.56 MB each.
        Assert.Equal(17, store.Models.LoadedSymbols.Count);
        foreach (var symbol in store.Symbols)
        {
            Assert.Equal(ModelInfo.Trained, (await store.Models.DescribeAsync(symbol, TestContext.Current.CancellationToken)).Status);
        }
    }

    private sealed class TimedStore : IDisposable
    {
        private readonly TestFolder _folder = new();

        /// <param name="symbols">Each with a file.</param>
        /// <param name="checkpoint">What they are copies of; empty ones where null.</param>
        /// <param name="memoryBudgetMb">For the models.</param>
        public TimedStore(int symbols, string? checkpoint = null, int memoryBudgetMb = 512)
        {
            Symbols = [.. Enumerable.Range(1, symbols).Select(i => "S" + i.ToString(CultureInfo.InvariantCulture))];
            foreach (var symbol in Symbols)
            {
                if (checkpoint is null)
                {
                    File.WriteAllBytes(Path.Join(_folder.Models, symbol + "_best.pth"), []);
                }
                else
                {
                    _folder.WithModel(symbol + "_best.pth", checkpoint);
                }
            }

            Models = TestModels.Store(
                new ModelsOptions { Folder = _folder.Models, MemoryBudgetMb = memoryBudgetMb }, new SymbolCatalog(Symbols, []),
                new MemoryResultCache(FakeTime.At(TestWorker.Now), Options.Create(new CacheOptions())), new ListLogger<ModelStore>());
        }

        public string[] Symbols { get; }

        public ModelStore Models { get; }

        public async Task<TimeSpan> TimeAsync()
        {
            var started = Stopwatch.GetTimestamp();
            await Models.RefreshAsync(TestContext.Current.CancellationToken);
            return Stopwatch.GetElapsedTime(started);
        }

        public void Dispose()
        {
            Models.Dispose();
            _folder.Dispose();
        }
    }
}
