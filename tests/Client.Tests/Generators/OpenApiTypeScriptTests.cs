using System.Text.Json;
using Coinsphere.Messaging.Client.Tests.Services;

namespace Coinsphere.Messaging.Client.Tests.Generators;

/// <summary>openapi-typescript reads the service's document; a strict client on its types compiles, and gets what they promise.</summary>
public class OpenApiTypeScriptTests(BothServices services)
{
    [Fact]
    public async Task GeneratedTypes_CompileAndAreWhatTheServiceAnswers()
    {
        using var client = new GeneratedClient();
        client.Copy("openapi-typescript");
        await client.DownloadAsync(services.Url, "/openapi.json", "openapi.json");
        await client.RunAsync(services.Url, "npm", "ci", "--no-audit", "--no-fund");
        await client.RunAsync(services.Url, "npm", "run", "build");
        var output = await client.RunAsync(services.Url, "node", "dist/main.js");

        var report = JsonDocument.Parse(output.Trim().Split('\n')[^1]).RootElement;
        Assert.Equal(JsonValueKind.Number, report.GetProperty("target").ValueKind);
        Assert.Equal(Scenario.Yesterday.ToString("O"), report.GetProperty("pastDay").GetString());
        Assert.Equal("""["none","model_not_trained"]""", report.GetProperty("reasons").GetRawText());
        Assert.InRange(report.GetProperty("score").GetInt32(), 0, 100);
        Assert.Equal("records_unavailable", report.GetProperty("historyReason").GetString());
        Assert.Equal("records_unavailable", report.GetProperty("scoredReason").GetString());
        Assert.All(report.GetProperty("inputs").EnumerateArray(), digest => Assert.Equal(64, digest.GetString()!.Length));
        Assert.All(report.GetProperty("kernels").EnumerateArray(), kernel => Assert.NotEmpty(kernel.GetString()!));
    }
}
