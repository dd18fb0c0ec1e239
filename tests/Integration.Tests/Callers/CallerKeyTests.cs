using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;

namespace Coinsphere.Messaging.Integration.Tests.Callers;

/// <summary>Keys in the database, made and revoked by the command line while two gateways run that have no database.</summary>
public sealed class CallerKeyTests(Broker broker) : IClassFixture<Broker>
{
    private static readonly TimeSpan Dead = TimeSpan.FromSeconds(5);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task KeyMadeWhileGatewaysRun_IsTakenByAll_AndDeadEverywhereWithinFiveSecondsOfItsRevocation()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var one = await GatewayAsync();
        await using var other = await GatewayAsync();
        // Not "no such key": without a worker a gateway cannot know.
        using (var early = await one.Http.GetAsync("/models", Cancel))
        {
            Assert.Equal(HttpStatusCode.Unauthorized, early.StatusCode);
        }

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(one, "cs_0123456789ab_" + new string('0', 64)));
        await using var worker = await ServiceProcess.StartWorkerAsync(broker.Url(Broker.Worker), ("DATABASE_URL", database.ConnectionString));

        var key = await KeysAsync(database, "add", "alice", "--scopes", "read,compute");
        var id = key.Split('_')[1];
        RunningGateway[] gateways = [one, other];
        foreach (var gateway in gateways)
        {
            await Until.True(async () => await StatusAsync(gateway, key) == HttpStatusCode.OK, "the new key is taken");
            await gateway.ReadyAsync();
        }

        Assert.DoesNotContain(key.Split('_')[2], await database.RowsAsync("select * from coinsphere_keys"), StringComparison.Ordinal);
        one.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        await using var stream = await EventStream.OpenAsync(one.Http, "/api/v1/stream/predictions");

        Assert.Equal($"{id} is revoked", await KeysAsync(database, "revoke", id));
        var revoked = Stopwatch.GetTimestamp();

        Assert.Equal("dropped", (await stream.NextAsync()).EventType);
        foreach (var gateway in gateways)
        {
            await Until.True(async () => await StatusAsync(gateway, key) == HttpStatusCode.Unauthorized, "the revoked key is refused");
        }

        var took = Stopwatch.GetElapsedTime(revoked);
        TestContext.Current.TestOutputHelper?.WriteLine($"dead everywhere after {took.TotalSeconds:0.00} s");
        Assert.True(took < Dead, $"it took {took}");
    }

    [Fact]
    public async Task Keys_StayValid_WhileTheDatabaseIsAwayAndWhileNoWorkerRuns()
    {
        var database = await TestDatabase.CreateAsync();
        await using var gateway = await GatewayAsync();
        await using var worker = await ServiceProcess.StartWorkerAsync(broker.Url(Broker.Worker), ("DATABASE_URL", database.ConnectionString));
        var key = await KeysAsync(database, "add", "alice");
        await Until.True(async () => await StatusAsync(gateway, key) == HttpStatusCode.OK, "the new key is taken");

        await database.DisposeAsync();
        await Until.True(() => worker.Output.Contains("database", StringComparison.Ordinal), "the worker misses its database");
        Assert.NotEqual(HttpStatusCode.Unauthorized, await StatusAsync(gateway, key, "/health"));
        await worker.KillAsync();
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(gateway, key, "/health"));
    }

    private async Task<RunningGateway> GatewayAsync()
    {
        var (process, http) = await ServiceProcess.StartGatewayAsync(broker.Url(Broker.Gateway), ("Auth__Required", "true"));
        return new RunningGateway(process, http);
    }

    private static async Task<HttpStatusCode> StatusAsync(RunningGateway gateway, string key, string path = "/models")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("X-API-Key", key);
        using var response = await gateway.Http.SendAsync(request, Cancel);
        return response.StatusCode;
    }

    private static async Task<string> KeysAsync(TestDatabase database, params string[] arguments)
    {
        var ended = await CommandLine.RunOwnAsync("Standalone", ["keys", .. arguments, "--database", database.ConnectionString]);
        Assert.True(ended.Code == 0, ended.Errors);
        return ended.Output.Trim();
    }
}
