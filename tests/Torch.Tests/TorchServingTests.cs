using System.Text.Json;

namespace Coinsphere.Messaging.Torch.Tests;

/// <summary>The program with Models:Engine=torch: the engine is loaded as a worker loads it, from the folder beside the program.</summary>
public sealed class TorchServingTests
{
    // Probabilities are rounded to six digits.
    private const double Tolerance = 1e-6 + 1e-9;

    [Fact]
    public async Task Answers_AreTheManagedOnesAndNameTheLibrary()
    {
        await using var torch = await StartAsync("torch");
        await using var managed = await StartAsync("managed");
        foreach (var symbol in Golden.Names)
        {
            var (ours, theirs) = (await AskAsync(managed, "/predict", symbol), await AskAsync(torch, "/predict", symbol));

            Assert.Equal(("libtorch-2.10.0", true), (Text(theirs, "kernel"), Text(ours, "kernel") != "libtorch-2.10.0"));
            Assert.Equal(Text(ours, "model_digest"), Text(theirs, "model_digest"));
            AssertNear(ours, theirs);
            AssertNear(await AskAsync(managed, "/predict/ensemble", symbol), await AskAsync(torch, "/predict/ensemble", symbol));
        }
    }

    [Theory]
    [InlineData("torch", true)]
    [InlineData("managed", false)]
    public async Task Health_TellsWhetherTheLibraryComputes(string engine, bool expected)
    {
        await using var service = await StartAsync(engine);

        await Until.True(async () => (await service.GetAsync("/health")).Json.GetProperty("models_loaded").GetInt32() == Golden.Names.Length);

        Assert.Equal(expected, (await service.GetAsync("/health")).Json.GetProperty("pytorch_available").GetBoolean());
    }

    private static Task<TestService> StartAsync(string engine)
    {
        var folder = new TestFolder();
        foreach (var name in Golden.Names)
        {
            folder.WithGolden(name);
        }

        return TestService.StartAsync(folder, ("Prices:Folder", folder.Prices), ("Models:Engine", engine));
    }

    private static async Task<JsonElement> AskAsync(TestService service, string path, string symbol) =>
        (await service.PostAsync(path, new { symbol, timeframe = "7d" })).Json;

    private static string? Text(JsonElement answer, string name) => answer.GetProperty(name).GetString();

    private static void AssertNear(JsonElement expected, JsonElement actual) =>
        Assert.Equal(Probabilities(expected), Probabilities(actual), (a, b) => Math.Abs(a - b) <= Tolerance);

    private static double[] Probabilities(JsonElement answer)
    {
        var probabilities = answer.GetProperty("prediction").GetProperty("probabilities");
        return [.. new[] { "bearish", "neutral", "bullish" }.Select(name => probabilities.GetProperty(name).GetDouble())];
    }
}
