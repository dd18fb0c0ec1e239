using System.CommandLine;
using System.Globalization;
using Coinsphere.Messaging.Forecasting.Checkpoints;
using Coinsphere.Messaging.Forecasting.Training;
using Coinsphere.Messaging.Standalone.Commands;

namespace Coinsphere.Messaging.Standalone.Tests.Commands;

/// <summary>The program's <c>train</c>, as a process of its own.</summary>
public sealed class TrainCommandTests : IDisposable
{
    private static readonly string[] Small = ["--window", "10", "--hidden", "6,5,4", "--epochs", "3", "--test-days", "60", "--validation-days", "60"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("coinsphere-train-");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Symbols_AreTrainedTogetherAndServable()
    {
        WritePrices("BTC", 1);
        WritePrices("ETH", 2);
        var run = await RunAsync([.. Small, "BTC", "eth"]);

        Assert.Equal((0, ""), (run.Code, run.Errors));
        Assert.Contains("pooled: epoch   3, loss ", run.Output, StringComparison.Ordinal);
        Assert.Matches(@"BTC of epoch 3: 7d accuracy 0\.\d{3} \(0\.\d{3}\), Brier \d", run.Output);
        Assert.Contains("BTC has a new model: nothing serves it", run.Output, StringComparison.Ordinal);
        var (btc, eth) = (Read("BTC"), Read("ETH"));
        Assert.Equal(new Parameters(btc.Weights).Values, new Parameters(eth.Weights).Values);
        Assert.NotEqual(btc.Digest, eth.Digest);
        Assert.Equal(["BTC_best.pth", "ETH_best.pth"], Names());
    }

    [Fact]
    public async Task NetworkOfInventedPrices_ReplacesNothing()
    {
        WritePrices("BTC", 1);
        var file = Path.Combine(_folder.FullName, "prices", "BTC.csv");
        var lines = await File.ReadAllLinesAsync(file, Cancel);
        await File.WriteAllLinesAsync(file, lines.Select((line, i) => line + (i == 0 ? ",synthetic" : ",1")), Cancel);
        var served = TestCheckpoints.Confident(0, trainedThrough: "2022-06-30");
        Directory.CreateDirectory(Models);
        await File.WriteAllBytesAsync(Path.Combine(Models, "BTC_best.pth"), served, Cancel);

        var run = await RunAsync([.. Small, "BTC"]);

        Assert.Contains("BTC keeps its model: the prices are synthetic; with --force the new one would serve", run.Output, StringComparison.Ordinal);
        Assert.Equal(served, await File.ReadAllBytesAsync(Path.Combine(Models, "BTC_best.pth"), Cancel));
    }

    [Fact]
    public async Task InventedHistories_AreLeftOut_BesideRealOnes()
    {
        WritePrices("BTC", 1);
        WritePrices("ETH", 2);
        var file = Path.Combine(_folder.FullName, "prices", "ETH.csv");
        var lines = await File.ReadAllLinesAsync(file, Cancel);
        await File.WriteAllLinesAsync(file, lines.Select((line, i) => line + (i == 0 ? ",synthetic" : ",1")), Cancel);

        var run = await RunAsync([.. Small, "BTC", "ETH"]);

        Assert.Equal((1, "ETH is left out: its prices are synthetic, and those of others are not\n"), (run.Code, run.Errors));
        Assert.Equal(["BTC_best.pth"], Names());
    }

    [Fact]
    public async Task Separate_GivesEachSymbolItsOwnNetwork()
    {
        WritePrices("BTC", 1);
        WritePrices("ETH", 2);

        Assert.Equal(0, (await RunAsync([.. Small, "--separate", "BTC", "ETH"])).Code);
        Assert.NotEqual(new Parameters(Read("BTC").Weights).Values, new Parameters(Read("ETH").Weights).Values);
    }

    [Fact]
    public async Task Interrupted_ReplacesNothingAndGoesOnToTheSameBits()
    {
        WritePrices("BTC", 1);
        // Enough epochs that the signal meets one of them.
        string[] arguments
            = ["--window", "30", "--hidden", "32,16,16", "--epochs", "60", "--stride", "1", "--test-days", "60", "--validation-days", "60", "BTC"];
        Assert.Equal(0, (await RunAsync(arguments)).Code);
        var whole = Read("BTC");
        var served = TestCheckpoints.Confident(0, trainedThrough: "2022-06-30");
        await File.WriteAllBytesAsync(Path.Combine(Models, "BTC_best.pth"), served, Cancel);

        await using var process = RunningProgram.Start("Standalone", Command(arguments), _folder.FullName, Unset);
        await process.WroteAsync("epoch   2");
        process.Send(Signals.Interrupt);
        Assert.Equal(130, await process.ExitAsync());
        Assert.Contains("what was not finished has replaced nothing, --resume goes on after the last finished epoch", process.Output, StringComparison.Ordinal);
        Assert.Equal(served, await File.ReadAllBytesAsync(Path.Combine(Models, "BTC_best.pth"), Cancel));
        Assert.Equal(["BTC.training", "BTC_best.pth"], Names());

        var resumed = await RunAsync([.. arguments, "--resume", "--force"]);
        Assert.Equal(0, resumed.Code);
        Assert.Contains(", going on after epoch ", resumed.Output, StringComparison.Ordinal);
        Assert.Equal(whole.Digest, Read("BTC").Digest);
        Assert.Equal(["BTC_best.pth", "BTC_v1.pth"], Names());
    }

    [Fact]
    public async Task WorseNetwork_ReplacesTheServingOneOnlyByForce()
    {
        // What serves says bullish, whatever comes, and is right on the last 60 days.
        WritePrices("BTC", 1, rising: 60);
        var served = TestCheckpoints.Confident(2, trainedThrough: "2022-06-30");
        Directory.CreateDirectory(Models);
        await File.WriteAllBytesAsync(Path.Combine(Models, "BTC_best.pth"), served, Cancel);

        var kept = await RunAsync([.. Small, "BTC"]);
        Assert.Equal(0, kept.Code);
        Assert.Matches(
            @"BTC keeps its model: its Brier score is [\d.]+ higher \(gain -[\d.]+ to -[\d.]+\) over 53 days after 2023-03-16, 7 days ahead, of this symbol; "
                + "a promotion needs a gain that is above 0 for certain; with --force the new one would serve",
            kept.Output);
        Assert.Equal(served, await File.ReadAllBytesAsync(Path.Combine(Models, "BTC_best.pth"), Cancel));
        Assert.Equal(["BTC_best.pth", "BTC_candidate.pth"], Names());

        var forced = await RunAsync([.. Small, "--force", "BTC"]);
        Assert.Matches("BTC has a new model: it was forced, though its Brier score is", forced.Output);
        Assert.Equal(served, await File.ReadAllBytesAsync(Path.Combine(Models, "BTC_v1.pth"), Cancel));
        Assert.Equal(["BTC_best.pth", "BTC_v1.pth"], Names());

        Assert.Contains(
            $"BTC keeps its model: the new one is the same{Environment.NewLine}",
            (await RunAsync([.. Small, "--force", "BTC"])).Output,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task NothingToCompareOn_KeepsWhatServes_AndSaysSo()
    {
        WritePrices("BTC", 1);
        Assert.Equal(0, (await RunAsync([.. Small, "BTC"])).Code);
        var served = Read("BTC").Digest;

        var again = await RunAsync([.. Small[..^4], "--test-days", "0", "--validation-days", "60", "--seed", "2", "BTC"]);

        Assert.Contains(
            "BTC keeps its model: there are not 29 days after 2023-05-15 up to 2023-05-15 with a known outcome that both models know nothing of; with "
                + "--force the new one would serve", again.Output, StringComparison.Ordinal);
        Assert.Equal(served, Read("BTC").Digest);
    }

    [Fact]
    public async Task Trained_Serves_UntilItIsRolledBack()
    {
        WritePrices("BTC", 1);
        Assert.Equal(0, (await RunAsync([.. Small, "BTC"])).Code);
        var first = Read("BTC").Digest;
        var folder = new TestFolder();
        File.Copy(Path.Combine(Prices, "BTC.csv"), Path.Combine(folder.Prices, "BTC.csv"));
        File.Copy(Path.Combine(Models, "BTC_best.pth"), Path.Combine(folder.Models, "BTC_best.pth"));
        await using var service = await TestService.StartAsync(
            folder,
            ("Prices:Folder", folder.Prices),
            ("Prices:MaxAge", ""),
            ("Models:PollInterval", "00:00:00.2"));
        Assert.Equal(first, await ServedAsync());

        var run = await RunAsync([.. Small, "--seed", "2", "--force", "--output", folder.Models, "BTC"]);
        Assert.Contains("BTC has a new model: ", run.Output, StringComparison.Ordinal);
        var second = CheckpointReader.Read(Path.Combine(folder.Models, "BTC_best.pth")).Digest;
        Assert.NotEqual(first, second);
        await Until.True(async () => await ServedAsync() == second);

        Assert.Equal(
            0,
            await new RootCommand { RollbackCommand.Create() }.Parse(["rollback", "BTC", "--models", folder.Models]).InvokeAsync(cancellationToken: Cancel));
        await Until.True(async () => await ServedAsync() == first);
        Assert.Equal(second, CheckpointReader.Read(Path.Combine(folder.Models, "BTC_candidate.pth")).Digest);

        async Task<string?> ServedAsync() => (await service.PostAsync("/predict", new { symbol = "BTC" })).Json.GetProperty("model_digest").GetString();
    }

    [Fact]
    public async Task ResumingWithOtherPrices_IsRefused()
    {
        WritePrices("BTC", 1);
        Directory.CreateDirectory(Models);
        var state = new TrainingState(Parameters.Initial(20, [6, 5, 4], 1), new AdamOptions());
        await File.WriteAllBytesAsync(Path.Combine(Models, "BTC.training"), TrainingFile.Write(state, "other bars"), Cancel);
        var run = await RunAsync([.. Small, "--resume", "BTC"]);

        Assert.Equal(1, run.Code);
        Assert.Contains("BTC.training", run.Errors, StringComparison.Ordinal);
        Assert.Contains("'other bars', expected '", run.Errors, StringComparison.Ordinal);
        Assert.Equal(["BTC.training"], Names());
    }

    [Fact]
    public async Task SymbolThatCannotBeTrained_IsNamed_AndTheOthersAreTrained()
    {
        WritePrices("BTC", 1);
        WritePrices("ETH", 2, days: 100);
        await File.WriteAllTextAsync(Path.Combine(Prices, "SOL.csv"), "time,open,high,low,close,volume,market_cap\n2020-01-01,1,2,0.5,-1,1,\n", Cancel);
        var run = await RunAsync([.. Small, "--separate", "BTC", "ETH", "SOL", "ADA", "B:D"]);

        Assert.Equal(1, run.Code);
        Assert.Contains("ETH: 100 bars from ", run.Errors, StringComparison.Ordinal);
        Assert.Contains("SOL.csv", run.Errors, StringComparison.Ordinal);
        Assert.Contains("ADA: the csv prices have no bars of it", run.Errors, StringComparison.Ordinal);
        Assert.Contains("'B:D' is not a symbol", run.Errors, StringComparison.Ordinal);
        Assert.Equal(["BTC_best.pth"], Names());
    }

    [Theory]
    [InlineData("--epochs", "0", "--epochs is '0', expected a whole number from 1")]
    [InlineData("--hidden", "32,16", "--hidden is '32,16', expected three numbers")]
    [InlineData("--through", "2024-13-01", "2024-13-01")]
    [InlineData("--prices", "/nonexistent", "/nonexistent")]
    public async Task WrongOption_IsSaidSo(string option, string value, string expected)
    {
        WritePrices("BTC", 1);
        var run = await RunAsync([option, value, "BTC"]);

        Assert.Equal(option == "--prices" ? 1 : 2, run.Code);
        Assert.Contains(expected, run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SymbolWithAnOnnxModel_IsLeftOutByName()
    {
        WritePrices("BTC", 1);
        WritePrices("SOL", 2);
        Directory.CreateDirectory(Models);
        File.Copy(Golden.OnnxPath("gru"), Path.Combine(Models, "SOL_best.onnx"));

        var run = await RunAsync([.. Small, "BTC", "SOL"]);

        Assert.Equal(1, run.Code);
        Assert.Contains("SOL is left out: SOL_best.onnx exists: a training does not replace an ONNX model", run.Errors, StringComparison.Ordinal);
        Assert.Equal(["BTC_best.pth", "SOL_best.onnx"], Names());
    }

    [Fact]
    public async Task PyTorch_ReadsTheCheckpointAndComputesTheSame()
    {
        WritePrices("BTC", 1);
        Assert.Equal(0, (await RunAsync([.. Small, "BTC"])).Code);
        var checkpoint = Read("BTC");
        var window = Enumerable.Range(0, 10 * 20).Select(i => MathF.Sin(i)).ToArray();
        var expected = new float[3];
        Forecasting.Lstm.CryptoLstm.Create(checkpoint.Weights).Forward(window, expected);

        var script = Path.Combine(AppContext.BaseDirectory, "Commands", "forward.py");
        var (code, output, errors) = await CommandLine.RunAsync("/usr/bin/python3", [script, Path.Combine(Models, "BTC_best.pth")]);

        Assert.True(code == 0, errors);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(checkpoint.Metadata.ModelVersion, lines[0]);
        var probabilities = lines[1].Split(' ').Select(text => float.Parse(text, CultureInfo.InvariantCulture)).ToArray();
        Assert.All(expected.Zip(probabilities), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
        // the calibration, as others read it
        Assert.Equal(checkpoint.Calibrations![14].Scale, double.Parse(lines[2], CultureInfo.InvariantCulture), 12);
    }

    private string Prices => Path.Combine(_folder.FullName, "prices");

    private string Models => Path.Combine(_folder.FullName, "models");

    private string[] Names() => [.. Directory.GetFiles(Models).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    private Checkpoint Read(string symbol) => CheckpointReader.Read(Path.Combine(Models, $"{symbol}_best.pth"));

    private Task<CommandResult> RunAsync(params string[] arguments) =>
        CommandLine.RunOwnAsync("Standalone", Command(arguments), _folder.FullName, Unset, TimeSpan.FromMinutes(5));

    private static (string Key, string? Value)[] Unset => [("DATABASE_URL", null), ("MODEL_CHECKPOINT_DIR", null)];

    private string[] Command(string[] arguments)
    {
        string[] prices = arguments.Contains("--prices") ? [] : ["--prices", Prices];
        string[] output = arguments.Contains("--output") ? [] : ["--output", Models];
        return ["train", .. prices, .. output, .. arguments];
    }

    // An invented walk, each symbol's its own.
    private void WritePrices(string symbol, int seed, int days = 500, int rising = 0)
    {
        Directory.CreateDirectory(Prices);
        var random = new Random(seed);
        var (close, lines) = (100.0, new List<string> { "time,open,high,low,close,volume,market_cap" });
        for (var i = 0; i < days; i++)
        {
            var open = close;
            close *= Math.Exp(((random.NextDouble() - 0.5) * (rising > 0 ? 0.04 : 0.1)) + (i >= days - rising ? 0.02 : 0));
            lines.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{new DateOnly(2022, 1, 1).AddDays(i):yyyy-MM-dd},{open},{Math.Max(open, close) * 1.01},{Math.Min(open, close) * 0.99},{close},"
                + $"{1000 * random.NextDouble()},{close * 1e6}"));
        }

        File.WriteAllLines(Path.Combine(Prices, $"{symbol}.csv"), lines);
    }
}
