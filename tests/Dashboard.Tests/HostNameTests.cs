using System.Net;

namespace Coinsphere.Messaging.Dashboard.Tests;

/// <summary>The names by which the page, as a process of its own on loopback, may be asked.</summary>
public sealed class HostNameTests
{
    [Fact]
    public async Task OtherName_IsRefusedOnLoopback()
    {
        await using var dashboard = RunningProgram.Start("Dashboard", environment: [("PORT", "0"), ("ML_SERVICE_URL", "http://127.0.0.1:1")]);
        using var http = new HttpClient { BaseAddress = await dashboard.ListeningAsync() };

        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/health/live", TestContext.Current.CancellationToken)).StatusCode);
        http.DefaultRequestHeaders.Host = "evil.example";
        using var refused = await http.GetAsync("/alerts", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.StartsWith(
            "this service is not 'evil.example': expected localhost, 127.0.0.1, [::1] in the header Host",
            await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }
}
