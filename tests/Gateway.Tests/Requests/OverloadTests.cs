using System.Net;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Tests.Hosts;

namespace Coinsphere.Messaging.Gateway.Tests.Requests;

public class OverloadTests(GatewayFactory gateway) : IClassFixture<GatewayFactory>
{
    [Fact]
    public async Task RequestsBeyondThoseThatMayWait_AreRefusedAtOnceUntilSomeHaveEnded()
    {
        gateway.Fresh();
        await using var small = gateway.WithWebHostBuilder(host => host.UseSetting("Gateway:MaxWaiting", "2"));
        var client = small.CreateClient();
        // Its own question at the start waits no more.
        await Until.True(async () => (await client.GetAsync("/health/ready", TestContext.Current.CancellationToken)).IsSuccessStatusCode);
        gateway.Worker.Risk = _ => null;
        var waiting = new[] { AskAsync(client, "AAA"), AskAsync(client, "BBB") };
        Assert.All(waiting, request => Assert.False(request.IsCompleted));
        await Until.True(() => gateway.Worker.Asked.Count == waiting.Length);

        var refused = await AskAsync(client, "CCC");
        await refused.ProblemAsync(HttpStatusCode.ServiceUnavailable, RefusalReason.Overloaded);
        Assert.Equal("1", refused.Header("Retry-After"));

        Assert.All(await Task.WhenAll(waiting), response => Assert.Equal(HttpStatusCode.GatewayTimeout, response.StatusCode));
        gateway.Worker.Risk = asked => Hosts.Answers.Risk(asked.Symbol);
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(client, "CCC")).StatusCode);
    }

    private static Task<HttpResponseMessage> AskAsync(HttpClient client, string symbol) =>
        client.PostAsync("/risk-score", $$"""{"symbol":"{{symbol}}"}""", ("X-Deadline-Ms", "4000"));
}
