using System.Diagnostics;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Health;
using Coinsphere.Messaging.Worker.Models;
using Microsoft.Extensions.DependencyInjection;

namespace Coinsphere.Messaging.Worker.Tests.Models;

/// <summary>Nobody asks for anything here: the worker notices by itself.</summary>
public sealed class ModelWatchTests
{
    private const string Never = "01:00:00";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task FileMovedIntoPlace_EndsOlderAnswersWithinASecond()
    {
        await using var worker = await StartAsync(Never);
        var fastest = TimeSpan.MaxValue;

        // Whoever shares the machine may take a second from any one of them.
        foreach (var golden in new[] { Golden.Delta, Golden.Bravo, Golden.Delta, Golden.Bravo })
        {
            var version = await worker.Cache.VersionAsync("BTC", Cancel);
            var started = Stopwatch.GetTimestamp();
            worker.Folder.WithModel("BTC_best.pth", golden);
            await Until.True(async () => await worker.Cache.VersionAsync("BTC", Cancel) != version);
            fastest = TimeSpan.FromTicks(Math.Min(fastest.Ticks, Stopwatch.GetElapsedTime(started).Ticks));
        }

        Assert.InRange(fastest, TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task ChangeThatTheSystemDoesNotTell_IsFoundByPolling()
    {
        await using var worker = await StartBehindLinkAsync("00:00:00.2");
        await Until.True(async () => (await DescribeAsync(worker)).ModelDigest == await DigestAsync(worker, Golden.Bravo));

        PointTo(worker.Folder, "delta");

        await Until.True(async () => (await DescribeAsync(worker)).ModelDigest == await DigestAsync(worker, Golden.Delta));
    }

    [Fact]
    public async Task ModelUpdated_IsReadAtOnce()
    {
        await using var worker = await StartBehindLinkAsync(Never);
        PointTo(worker.Folder, "delta");

        await worker.PublishAsync(new ModelUpdated("../BTC"));
        await worker.PublishAsync(new ModelUpdated("XYZ"));
        await worker.PublishAsync(new ModelUpdated("btc"));

        await Until.True(async () => (await DescribeAsync(worker)).ModelDigest == await DigestAsync(worker, Golden.Delta));
    }

    [Fact]
    public async Task HalfWrittenFile_IsReportedAndReadAgainWhenItIsWhole()
    {
        await using var worker = await StartAsync("00:00:00.5");
        var before = await DescribeAsync(worker);
        var bytes = await File.ReadAllBytesAsync(Golden.CheckpointPath(Golden.Delta), Cancel);
        await using var file = new FileStream(Path.Combine(worker.Folder.Models, "BTC_best.pth"), FileMode.Truncate, FileAccess.Write, FileShare.ReadWrite);

        await file.WriteAsync(bytes.AsMemory(0, bytes.Length / 2), Cancel);
        await file.FlushAsync(Cancel);
        await Until.True(async () => (await DescribeAsync(worker)).Error is not null);
        Assert.Equal(before.ModelDigest, (await DescribeAsync(worker)).ModelDigest);
        Assert.Equal(before.ModelDigest, (await worker.PredictAsync("BTC")).ModelDigest);
        await file.WriteAsync(bytes.AsMemory(bytes.Length / 2), Cancel);
        await file.FlushAsync(Cancel);

        await Until.True(async () => (await DescribeAsync(worker)).Error is null);
        // Answers that are cached end a moment after the swap.
        var whole = await DigestAsync(worker, Golden.Delta);
        await Until.True(async () => (await worker.PredictAsync("BTC")).ModelDigest == whole);
    }

    [Fact]
    public async Task FolderThatIsGoneAndThereAgain_IsWatched()
    {
        var folder = new TestFolder();
        Directory.CreateDirectory(Path.Combine(folder.Models, "later"));
        await using var worker = await TestWorker.StartAsync(
            folder,
            "Models:Folder",
            Path.Combine(folder.Models, "later"),
            "Models:PollInterval",
            "00:00:00.2");
        var conditions = worker.Services.GetRequiredService<Conditions>();
        Assert.Equal("not_trained", (await DescribeAsync(worker)).Status);
        Assert.Contains("has no usable model of any supported symbol", Assert.Single(conditions.Notes), StringComparison.Ordinal);

        Directory.Delete(Path.Combine(folder.Models, "later"));
        await Until.True(() => Task.FromResult(conditions.Notes.Any(note => note.StartsWith("models-folder: ", StringComparison.Ordinal))));
        folder.WithModel("BTC_best.pth", Golden.Delta);
        Directory.CreateDirectory(Path.Combine(folder.Models, "later"));
        File.Move(Path.Combine(folder.Models, "BTC_best.pth"), Path.Combine(folder.Models, "later", "BTC_best.pth"));

        await Until.True(async () => (await DescribeAsync(worker)).Status == "trained");
        await Until.True(() => Task.FromResult(conditions.Notes.Count == 0));
    }

    [Fact]
    public async Task FolderThatIsAway_TakesNoModel()
    {
        await using var worker = await StartAsync(Never);
        var before = await DescribeAsync(worker);

        Directory.Move(worker.Folder.Models, worker.Folder.Models + "-away");
        await worker.RefreshAsync();

        Assert.Equal(before, await DescribeAsync(worker));
    }

    private static Task<TestWorker> StartAsync(string poll) => TestWorker.StartAsync(
        new TestFolder().WithPrices("BTC", Golden.PriceLines(Golden.Delta)).WithModel("BTC_best.pth", Golden.Bravo)
            .WithModel("DELTA_best.pth", Golden.Delta).WithModel("BRAVO_best.pth", Golden.Bravo),
        "Models:PollInterval", poll);

    // The system tells of changes in the folder that the link led to at first.
    private static async Task<TestWorker> StartBehindLinkAsync(string poll)
    {
        var folder = new TestFolder();
        foreach (var (name, golden) in new[] { ("bravo", Golden.Bravo), ("delta", Golden.Delta) })
        {
            Directory.CreateDirectory(Path.Combine(folder.Models, name));
            folder.WithModel(Path.Combine(name, "BTC_best.pth"), golden)
                .WithModel(Path.Combine(name, "DELTA_best.pth"), Golden.Delta).WithModel(Path.Combine(name, "BRAVO_best.pth"), Golden.Bravo);
        }

        PointTo(folder, "bravo");
        return await TestWorker.StartAsync(folder, "Models:Folder", Path.Combine(folder.Models, "current"), "Models:PollInterval", poll);
    }

    private static void PointTo(TestFolder folder, string name)
    {
        var link = Path.Combine(folder.Models, "current");
        if (Directory.Exists(link))
        {
            Directory.Delete(link);
        }

        Directory.CreateSymbolicLink(link, name);
    }

    private static async Task<ModelInfo> DescribeAsync(TestWorker worker, string symbol = "BTC") =>
        await worker.Services.GetRequiredService<ModelStore>().DescribeAsync(symbol, Cancel);

    private static async Task<string?> DigestAsync(TestWorker worker, string golden) => (await DescribeAsync(worker, golden)).ModelDigest;
}
