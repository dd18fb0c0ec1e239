using System.Text.Json;
using Coinsphere.Messaging.Client.Tests.Services;

namespace Coinsphere.Messaging.Client.Tests.Specification;

/// <summary>The specification's TypeScript snippets, unchanged, compiled and run against the real service.</summary>
public class TypeScriptClientTests(BothServices services)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    [Fact]
    public async Task Snippets_WorkUnchanged()
    {
        var folder = Directory.CreateTempSubdirectory("typescript-client-");
        try
        {
            Copy(new DirectoryInfo(Path.Combine(Repository.Root, "tests", "Client.Tests", "typescript")), folder);
            await RunAsync(folder, "npm", "ci", "--no-audit", "--no-fund");
            await RunAsync(folder, "npm", "run", "build");
            var lines = await RunAsync(folder, "node", "--import", "./extensions.mjs", "dist/main.js");

            Assert.Matches(@"^BTC (bullish|bearish|neutral) \(0\.\d+\)$", lines[0]);
            Assert.Matches(@"^Risk: \d+/100 \((low|medium|high|extreme)\)$", lines[1]);
            var report = JsonDocument.Parse(lines[^1]).RootElement;
            Assert.Equal("14d", Text(report, "prediction", "timeframe"));
            Assert.Equal(JsonValueKind.Number, report.GetProperty("prediction").GetProperty("prediction").GetProperty("targetPrice").ValueKind);
            Assert.InRange(report.GetProperty("risk").GetProperty("risk_score").GetInt32(), 0, 100);
            Assert.Equal("trained", Text(report, "model", "status"));
            Assert.Equal(("not_trained", "N/A"), (Text(report, "untrained", "status"), Text(report, "untrained", "model_version")));
            Assert.Equal("""["BTC","ETH","SOL"]""", report.GetProperty("snippetBatch").GetRawText());
            Assert.Equal("""["SOL","BTC"]""", report.GetProperty("riskBatch").GetRawText());
            Assert.True(report.GetProperty("cleared").GetBoolean());
            Assert.True(report.GetProperty("healthy").GetBoolean());
            Assert.Equal("Model not trained for BNB", Text(report, "notTrained"));
            Assert.Equal("timeframe must be one of 7d, 14d, 30d, found '1h'", Text(report, "wrongTimeframe"));
            Assert.StartsWith("'no symbol' is not a symbol", Text(report, "wrongSymbol"), StringComparison.Ordinal);
            Assert.Equal("Failed to get prediction: Request failed with status code 422", Text(report, "malformed"));
            Assert.Equal("30d", Text(report, "route", "timeframe"));
            Assert.Equal(JsonValueKind.Object, report.GetProperty("route").GetProperty("historicalAccuracy").ValueKind);
            Assert.Equal("timeframe must be one of 7d, 14d, 30d, found '1h'", Text(report, "routeFailure", "error"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string? Text(JsonElement element, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            element = element.GetProperty(name);
        }

        return element.GetString();
    }

    private static void Copy(DirectoryInfo source, DirectoryInfo target)
    {
        foreach (var file in source.GetFiles())
        {
            file.CopyTo(Path.Combine(target.FullName, file.Name));
        }

        foreach (var folder in source.GetDirectories().Where(folder => folder.Name is not ("node_modules" or "dist")))
        {
            Copy(folder, target.CreateSubdirectory(folder.Name));
        }
    }

    private async Task<string[]> RunAsync(DirectoryInfo folder, string program, params string[] arguments)
    {
        var (code, output, errors) = await CommandLine.RunAsync(
            program, arguments, folder: folder.FullName, environment: [("ML_SERVICE_URL", services.Url.ToString())], limit: Limit);
        Assert.True(code == 0, $"{program} {string.Join(' ', arguments)} ended with {code}:\n{output}\n{errors}");
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }
}
