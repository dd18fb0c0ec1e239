using System.Globalization;
using System.Net.Sockets;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Features;
using Coinsphere.Messaging.Worker.MarketData;
using Microsoft.Extensions.DependencyInjection;

namespace Coinsphere.Messaging.Worker.Tests.Models;

/// <summary>A model serves only what it makes numbers of, and only files are opened.</summary>
public sealed class ModelTrialTests
{
    private const double Large = 1e18;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ModelThatMakesNoNumbersOfTheSymbolsBars_IsRejected_AndTheOldOneGoesOn()
    {
        await using var worker = await StartAsync(TestCheckpoints.Confident(0), _ => Large);
        var before = await worker.PredictAsync("BTC");

        await PutAsync(worker, TestCheckpoints.Overflowing(FeatureColumn.MarketCap));

        var info = await worker.DescribeAsync("BTC");
        Assert.Equal(before.ModelDigest, info.ModelDigest);
        Assert.Contains("scaler: it makes Infinity of feature 'market_cap' in the window up to ", info.Error, StringComparison.Ordinal);
        Assert.Equal(before.ModelDigest, (await worker.PredictAsync("BTC", "14d")).ModelDigest);
    }

    [Fact]
    public async Task ModelIsTriedOnInventedBars_WhereItsOwnAreAway()
    {
        await using var worker = await TestWorker.StartAsync(new TestFolder(), services => services.AddSingleton<IPriceSource>(new Away()));

        await PutAsync(worker, TestCheckpoints.Confident(0));
        Assert.Null((await worker.DescribeAsync("BTC")).Error);
        await PutAsync(worker, TestCheckpoints.Overflowing(FeatureColumn.MarketCap, offset: -1e30));

        Assert.Contains("feature 'market_cap'", (await worker.DescribeAsync("BTC")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task BarsOfARequestThatMakeNoNumbers_AreRefused()
    {
        // The trial sees the newest 150 days or so.
        await using var worker = await StartAsync(TestCheckpoints.Overflowing(FeatureColumn.MarketCap), daysAgo => daysAgo < 400 ? 1 : Large);
        Assert.Null((await worker.DescribeAsync("BTC")).Error);

        Assert.NotNull(await worker.PredictAsync("BTC"));
        var refusal = (await worker.AskAsync(new PredictRequested("BTC", "7d") { AsOf = "2023-12-01" })).Refusal!;

        Assert.Equal(RefusalReason.CheckpointRejected, refusal.Reason);
        Assert.Contains("BTC_best: scaler: it makes Infinity of feature 'market_cap' in the window up to 2023-12-01", refusal.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EnsembleMemberThatMakesNoNumbers_LeavesTheAnswerToTheOthers()
    {
        await using var worker = await StartAsync(TestCheckpoints.Confident(0), daysAgo => daysAgo < 400 ? 1 : Large);
        await PutAsync(worker, TestCheckpoints.Overflowing(FeatureColumn.MarketCap), "BTC_v1.pth");

        Assert.Equal(2, (await worker.AskAsync(new EnsemblePredictRequested("BTC"))).Answer!.EnsembleMetadata.ModelsUsed);
        Assert.Equal(1, (await worker.AskAsync(new EnsemblePredictRequested("BTC") { AsOf = "2023-12-01" })).Answer!.EnsembleMetadata.ModelsUsed);
    }

    [Theory]
    [InlineData("FIFO")]
    [InlineData("link to a FIFO")]
    [InlineData("socket")]
    [InlineData("device")]
    [InlineData("directory")]
    public async Task WhatIsNoFile_IsRejectedAndHoldsNothingUp(string kind)
    {
        var folder = new TestFolder().WithGolden(Golden.Bravo);
        using var socket = Make(kind, Path.Combine(folder.Models, "BTC_best.pth"), folder);
        TestModels.MakeFifo(Path.Combine(folder.Prices, "BTC.csv"));

        await using (var worker = await TestWorker.StartAsync(folder).WaitAsync(TimeSpan.FromSeconds(30), Cancel))
        {
            Assert.Contains(
                $"file: it is a {kind.Replace("link to a ", "", StringComparison.Ordinal)}, expected a regular file",
                (await worker.DescribeAsync("BTC")).Error,
                StringComparison.Ordinal);
            Assert.Equal(RefusalReason.CheckpointRejected, (await worker.AskAsync(new PredictRequested("BTC", "7d"))).Refusal!.Reason);
            Assert.Contains(
                "BTC.csv: found a FIFO, expected a regular file",
                (await worker.AskAsync(new RiskRequested("BTC"))).Refusal!.Detail,
                StringComparison.Ordinal);
            Assert.NotNull(await worker.PredictAsync(Golden.Bravo));
        }
    }

    private static Socket? Make(string kind, string path, TestFolder folder)
    {
        switch (kind)
        {
            case "FIFO":
                TestModels.MakeFifo(path);
                break;
            case "link to a FIFO":
                TestModels.MakeFifo(Path.Combine(folder.Models, "pipe"));
                File.CreateSymbolicLink(path, "pipe");
                break;
            case "device":
                File.CreateSymbolicLink(path, "/dev/zero");
                break;
            case "directory":
                Directory.CreateDirectory(path);
                break;
            default:
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                socket.Bind(new UnixDomainSocketEndPoint(path));
                return socket;
        }

        return null;
    }

    private static async Task<TestWorker> StartAsync(byte[] model, Func<int, double> marketCap)
    {
        var folder = new TestFolder().WithPrices("BTC", Prices(marketCap));
        await File.WriteAllBytesAsync(Path.Combine(folder.Models, "BTC_best.pth"), model, Cancel);
        return await TestWorker.StartAsync(folder);
    }

    private static async Task PutAsync(TestWorker worker, byte[] model, string file = "BTC_best.pth")
    {
        await File.WriteAllBytesAsync(Path.Combine(worker.Folder.Models, file), model, Cancel);
        await worker.RefreshAsync();
    }

    private static IEnumerable<string> Prices(Func<int, double> marketCap)
    {
        var (random, close) = (new Random(1), 100.0);
        yield return "time,open,high,low,close,volume,market_cap";
        for (var daysAgo = 1000; daysAgo >= 0; daysAgo--)
        {
            var open = close;
            close *= Math.Exp(0.04 * (random.NextDouble() - 0.5));
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{new DateOnly(2025, 2, 28).AddDays(-daysAgo):yyyy-MM-dd},{open:F6},{Math.Max(open, close) * 1.01:F6},"
                + $"{Math.Min(open, close) * 0.99:F6},{close:F6},"
                + $"{1000 + random.Next(100)},{marketCap(daysAgo)}");
        }
    }

    private sealed class Away : IPriceSource
    {
        public string Name => "csv";

        public ValueTask<BarSeries?> ReadAsync(string symbol, DateOnly lastDay, int count, CancellationToken cancellationToken) =>
            throw new IOException("away");

        public ValueTask<IReadOnlyList<LatestPrice>> ReadLatestAsync(IReadOnlyList<string> symbols, CancellationToken cancellationToken) =>
            throw new IOException("away");
    }
}
