using System.CommandLine;
using System.Globalization;
using Coinsphere.Messaging.Standalone.Commands;

namespace Coinsphere.Messaging.Standalone.Tests;

/// <summary>The way of docs/own-models.md: a GRU trained in PyTorch answers for one symbol, a checkpoint for another.</summary>
public sealed class OwnModelTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task GruOfPyTorch_AnswersForItsSymbol()
    {
        var folder = new TestFolder().WithGolden(Golden.Delta).WithPrices("SOL", Walk());
        var path = Path.Combine(folder.Models, "SOL_best.onnx");
        await TrainAsync(Path.Combine(folder.Prices, "SOL.csv"), path);
        var (status, output, errors) = await InspectAsync(path);
        await using var service = await TestService.StartAsync(
            folder,
            ("Prices:Folder", folder.Prices),
            ("Prices:MaxAge", ""),
            ("Symbols:Supported", "SOL,DELTA"));

        var own = (await service.PostAsync("/predict", new { symbol = "SOL", timeframe = "7d" })).Json;
        var other = (await service.PostAsync("/predict", new { symbol = "DELTA", timeframe = "7d" })).Json;

        Assert.Equal((0, ""), (status, errors));
        Assert.Contains("features         log_returns hl_spread rsi volume_change\n", output, StringComparison.Ordinal);
        Assert.Contains("output           logits\n", output, StringComparison.Ordinal);
        Assert.Equal("gru-1", own.GetProperty("model_version").GetString());
        Assert.Matches("^onnxruntime-", own.GetProperty("kernel").GetString());
        Assert.Contains(own.GetProperty("model_digest").GetString()!, output, StringComparison.Ordinal);
        Assert.DoesNotMatch("^onnxruntime-", other.GetProperty("kernel").GetString());
    }

    [Fact]
    public async Task Inspect_SaysWhyAFileWouldNotServe()
    {
        using var folder = new TestFolder().WithGarbage("SOL_best.onnx");

        var (status, output, errors) = await InspectAsync(Path.Combine(folder.Models, "SOL_best.onnx"), Golden.OnnxPath("gru"));

        Assert.Equal(1, status);
        Assert.Contains("SOL_best.onnx: file: ", errors, StringComparison.Ordinal);
        Assert.Contains("features         rsi close sentiment_neg log_returns volume_ma hl_spread\n", output, StringComparison.Ordinal);
    }

    private static async Task TrainAsync(string prices, string path)
    {
        var script = Path.Combine(AppContext.BaseDirectory, "own-model", "train_gru.py");
        var (code, output, errors) = await CommandLine.RunAsync("/usr/bin/python3", [script, prices, path, "1"], limit: TimeSpan.FromMinutes(5));
        Assert.True(code == 0, errors);
        Assert.Contains("SOL_best.onnx: accuracy 0.", output, StringComparison.Ordinal);
    }

    private static async Task<(int Status, string Output, string Errors)> InspectAsync(params string[] files)
    {
        var (output, errors) = (new StringWriter { NewLine = "\n" }, new StringWriter());
        var parsed = new RootCommand { InspectCommand.Create() }.Parse(["inspect", .. files]);
        var status = await parsed.InvokeAsync(new InvocationConfiguration { Output = output, Error = errors }, Cancel);
        return (status, output.ToString(), errors.ToString());
    }

    // An invented walk of 500 days.
    private static List<string> Walk()
    {
        var random = new Random(1);
        var (close, lines) = (100.0, new List<string> { "time,open,high,low,close,volume,market_cap" });
        for (var i = 0; i < 500; i++)
        {
            var open = close;
            close *= Math.Exp((random.NextDouble() - 0.5) * 0.1);
            lines.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{new DateOnly(2022, 1, 1).AddDays(i):yyyy-MM-dd},{open},{Math.Max(open, close) * 1.01},{Math.Min(open, close) * 0.99},{close},"
                + $"{1000 * random.NextDouble()},{close * 1e6}"));
        }

        return lines;
    }
}
