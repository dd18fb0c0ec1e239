using System.Globalization;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Checkpoints;
using Coinsphere.Messaging.Worker.Models;
using Coinsphere.Messaging.Worker.Serving;
using Coinsphere.Messaging.Worker.Training;
using Microsoft.Extensions.DependencyInjection;

namespace Coinsphere.Messaging.Worker.Tests.Training;

/// <summary>Models trained anew, on a walk whose last 60 days, which decide, rise steeply.</summary>
public sealed class RetrainTests
{
    private const int HeldOut = 60;

    private static readonly string[] Settings =
        ["Retraining:Role", "Beside", "Retraining:Epochs", "1", "Retraining:HeldOutDays", "60", "Retraining:ValidationDays", "120",
        "Symbols:Supported", "BTC,MATIC"];

    [Fact]
    public async Task BetterModel_TakesThePlaceOfTheServingOne_WhichStaysAsAVersion()
    {
        await using var worker = await StartAsync(Confident(0, trainedThrough: "2024-06-30"));
        var before = await worker.PredictAsync("BTC");

        await worker.PublishAsync(new RetrainRequested("btc", "a test"));
        await worker.Bus.ConsumedAsync<RetrainRequested>();

        Assert.Equal("BTC", Assert.Single(worker.Bus.Published<ModelUpdated>()).Symbol);
        Assert.Equal(["BTC_best.pth", "BTC_v1.pth"], Files(worker));
        Assert.Equal(before.ModelDigest, DigestOf(worker, "BTC_v1.pth"));
        await worker.Bus.ConsumedAsync<ModelUpdated>();
        var after = await worker.PredictAsync("BTC");
        Assert.Equal(DigestOf(worker, "BTC_best.pth"), after.ModelDigest);
        Assert.NotEqual(before.ModelDigest, after.ModelDigest);
        // The last bar is of 2025-02-28, and nothing is learnt from the 60 days up to it.
        Assert.Equal(
            ("v2024.12.30", new DateOnly(2024, 12, 30)),
            (after.ModelVersion, CheckpointReader.Read(PathOf(worker, "BTC_best.pth")).Metadata.TrainedThrough!.Value));
    }

    [Fact]
    public async Task WorseModel_IsKeptBeside_AndServesNobody()
    {
        // It says bullish, whatever comes, and is right.
        await using var worker = await StartAsync(Confident(2, trainedThrough: "2024-06-30"));
        var before = await worker.PredictAsync("BTC");

        await worker.PublishAsync(new RetrainRequested("BTC"));
        await worker.Bus.ConsumedAsync<RetrainRequested>();

        Assert.Equal(["BTC_best.pth", "BTC_candidate.pth"], Files(worker));
        Assert.Empty(worker.Bus.Published<ModelUpdated>());
        await worker.RefreshAsync();
        Assert.Equal(before.ModelDigest, (await worker.PredictAsync("BTC", "14d")).ModelDigest);
        Assert.Equal(1, (await worker.AskAsync(new EnsemblePredictRequested("BTC"))).Answer!.EnsembleMetadata.ModelsUsed);
    }

    [Fact]
    public async Task NoModel_OrOneThatCannotBeRead_IsReplaced()
    {
        await using var worker = await StartAsync(null);
        worker.Folder.WithGarbage("MATIC_best.pth").WithPrices("MATIC", Prices(2));

        await worker.PublishAsync(new RetrainRequested());
        await worker.Bus.ConsumedAsync<RetrainRequested>();

        Assert.Equal(["BTC", "MATIC"], worker.Bus.Published<ModelUpdated>().Select(updated => updated.Symbol).Order());
        Assert.Equal(["BTC_best.pth", "MATIC_best.pth", "MATIC_v1.pth", "pooled_best.pth"], Files(worker));
        Assert.Equal("BTC MATIC", ModelReader.Facts(Path.Combine(worker.Folder.Models, "pooled_best.pth")).Metadata.Symbols);
    }

    [Fact]
    public async Task OnlySoManyVersions_AreKept()
    {
        await using var worker = await StartAsync(Confident(0), "Retraining:KeepVersions", "2");
        var folder = worker.Services.GetRequiredService<CheckpointFolder>();
        for (var i = 0; i < 4; i++)
        {
            folder.WriteCandidate("BTC", Confident((i + 1) % 3));
            folder.Promote("BTC", 2);
        }

        Assert.Equal(["BTC_best.pth", "BTC_v3.pth", "BTC_v4.pth"], Files(worker));
    }

    [Fact]
    public async Task ModelThatMayHaveSeenTheHeldOutDays_IsNotReplaced()
    {
        await using var worker = await StartAsync(Confident(0, trainedThrough: "2025-02-27"));

        Assert.Empty(await worker.Services.GetRequiredService<Retrainer>().RunAsync(["BTC"], null, TestContext.Current.CancellationToken));
        Assert.Equal(["BTC_best.pth", "BTC_candidate.pth"], Files(worker));
    }

    [Fact]
    public async Task ModelThatDoesNotSayWhatItWasTrainedOn_IsReplaced()
    {
        // Right in all held-out days, of which it may have learnt them all.
        await using var worker = await StartAsync(Confident(2));

        Assert.Equal(["BTC"], await worker.Services.GetRequiredService<Retrainer>().RunAsync(["BTC"], null, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task SymbolThatIsBeingTrained_IsLeftAlone()
    {
        await using var worker = await StartAsync(Confident(0, trainedThrough: "2024-06-30"));
        using (worker.Services.GetRequiredService<CheckpointFolder>().TryLock("BTC"))
        {
            Assert.Empty(await RunAsync());
        }

        Assert.Equal(["BTC_best.pth"], Files(worker));
        Assert.Equal(["BTC"], await RunAsync());

        Task<IReadOnlyList<string>> RunAsync() =>
            worker.Services.GetRequiredService<Retrainer>().RunAsync(["BTC"], null, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task SymbolWithAnOnnxModel_IsLeftAlone()
    {
        await using var worker = await StartAsync(null);
        worker.Folder.WithOnnx("BTC_best.onnx", "gru");

        Assert.Empty(await worker.Services.GetRequiredService<Retrainer>().RunAsync(["BTC"], null, TestContext.Current.CancellationToken));
        Assert.Equal(["BTC_best.onnx"], Files(worker));
    }

    [Fact]
    public async Task SymbolThatWasTrainedSince_IsLeftAlone()
    {
        await using var worker = await StartAsync(Confident(0, trainedThrough: "2024-06-30"));
        var retrainer = worker.Services.GetRequiredService<Retrainer>();

        Assert.Equal(["BTC"], await retrainer.RunAsync(["BTC"], worker.Time.GetUtcNow(), TestContext.Current.CancellationToken));
        Assert.Empty(await retrainer.RunAsync(["BTC"], worker.Time.GetUtcNow(), TestContext.Current.CancellationToken));
        Assert.Equal(["BTC_best.pth", "BTC_v1.pth"], Files(worker));
        // The same bars make the same model.
        Assert.Empty(await retrainer.RunAsync(["BTC"], worker.Time.GetUtcNow().AddSeconds(1), TestContext.Current.CancellationToken));
        Assert.Equal(["BTC_best.pth", "BTC_candidate.pth", "BTC_v1.pth"], Files(worker));
    }

    [Fact]
    public async Task CancelledTraining_ChangesNothing()
    {
        await using var worker = await StartAsync(Confident(0, trainedThrough: "2024-06-30"));
        using var stopped = new CancellationTokenSource();
        var training = worker.Services.GetRequiredService<Retrainer>().RunAsync(["BTC"], null, stopped.Token);
        await stopped.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => training);
        Assert.Equal(["BTC_best.pth"], Files(worker));
    }

    [Theory]
    [InlineData("B-C")]
    [InlineData("SHIB")]
    public async Task RequestOfNoSupportedSymbol_IsIgnored(string symbol)
    {
        await using var worker = await StartAsync(Confident(0, trainedThrough: "2024-06-30"));

        await worker.PublishAsync(new RetrainRequested(symbol));
        await worker.Bus.ConsumedAsync<RetrainRequested>();

        Assert.Equal(["BTC_best.pth"], Files(worker));
    }

    [Fact]
    public async Task TrainerOnly_AnswersNothingElse()
    {
        await using var worker = await StartAsync(null, "Retraining:Role", "Only");

        Assert.Null(worker.Services.GetService<Predictor>());
        await worker.PublishAsync(new RetrainRequested("BTC"));
        await worker.Bus.ConsumedAsync<RetrainRequested>();
        Assert.Equal(["BTC_best.pth"], Files(worker));
    }

    private static async Task<TestWorker> StartAsync(byte[]? model, params string[] settings)
    {
        var folder = new TestFolder().WithPrices("BTC", Prices(1));
        if (model is not null)
        {
            await File.WriteAllBytesAsync(Path.Combine(folder.Models, "BTC_best.pth"), model, TestContext.Current.CancellationToken);
        }
        // What a test says goes before what all of them do.
        var pairs = Settings.Chunk(2).Concat(settings.Chunk(2)).GroupBy(pair => pair[0], StringComparer.Ordinal).SelectMany(same => same.Last());
        return await TestWorker.StartAsync(folder, [.. pairs]);
    }

    private static byte[] Confident(int direction, string? trainedThrough = null) => TestCheckpoints.Confident(direction, trainedThrough);

    private static IEnumerable<string> Prices(int seed)
    {
        var random = new Random(seed);
        var close = 100.0;
        const int days = 900;
        yield return "time,open,high,low,close,volume";
        for (var i = 0; i < days; i++)
        {
            var open = close;
            close *= Math.Exp((0.04 * (random.NextDouble() - 0.5)) + (i >= days - HeldOut ? 0.02 : 0));
            var day = new DateOnly(2025, 2, 28).AddDays(i + 1 - days);
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{day:yyyy-MM-dd},{open:F6},{Math.Max(open, close) * 1.01:F6},{Math.Min(open, close) * 0.99:F6},{close:F6},{1000 + random.Next(100)}");
        }
    }

    private static string PathOf(TestWorker worker, string file) => Path.Combine(worker.Folder.Models, file);

    private static string DigestOf(TestWorker worker, string file) => CheckpointReader.Read(PathOf(worker, file)).Digest;

    private static string[] Files(TestWorker worker) =>
        [.. Directory.GetFiles(worker.Folder.Models).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
}
