using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Npgsql;

namespace Coinsphere.Messaging.Integration.Tests.Commands;

/// <summary><c>doctor --production</c>: the checklist of docs/hardening.md against real servers.</summary>
public sealed partial class ProductionChecklistTests(Broker broker) : IClassFixture<Broker>
{
    private const string Secret = "of-this-test";

    [Fact]
    public async Task OpenItems_AreNamedWithWhatToDo_WithoutPasswords()
    {
        await using var redis = new RedisServer();
        await redis.StartAsync();

        var (code, findings) = await RunAsync(
            ("DATABASE_URL", TestServers.Postgres), ("REDIS_HOST", "127.0.0.1"), ("REDIS_PORT", Text(redis.Port)), ("RABBITMQ_URL", broker.Url(Broker.Worker)),
            ("Gateway__Host", "0.0.0.0"));

        Assert.Equal(1, code);
        string[] open =
        [
            "environment", "passwords", "guest", "redis-login", "redis-anonymous", "cache-secret", "database-role", "callers", "hosts", "error-details",
            "invented-prices",
        ];
        Assert.Equal(open, findings.Where(finding => finding.State == "fault").Select(finding => finding.Check));
        Assert.All(findings.Where(finding => finding.State != "ok"), finding => Assert.NotEmpty(finding.Remedy));
        Assert.Equal("addresses", Assert.Single(findings, finding => finding.State == "note").Check);
    }

    [Fact]
    public async Task HardenedSetUp_HasNoOpenItem()
    {
        await using var redis = new RedisServer("--aclfile", "users.acl").WithFile(
            "users.acl", $"user default off\nuser app on >{Secret} ~* -@all +@read +@write +@connection +@scripting\n");
        await redis.StartAsync();
        await using var database = await TestDatabase.CreateAsync();
        var role = $"role_{Guid.NewGuid():N}";
        await TestDatabase.OnServer($"create role {role} login password '{Secret}'");
        try
        {
            var connection = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Username = role, Password = Secret };
            // One that began with the definitions has no guest.
            await using var own = await RabbitMqServer.StartNewAsync();
            await own.ControlAsync("change_password", Broker.Worker, Secret);

            var (code, findings) = await RunAsync(
                ("ENVIRONMENT", "production"), ("DATABASE_URL", connection.ConnectionString), ("REDIS_HOST", "127.0.0.1"), ("REDIS_PORT", Text(redis.Port)),
                ("Redis__User", "app"), ("Redis__Password", Secret), ("RABBITMQ_URL", own.Url(Broker.Worker, Secret)), ("Cache__Secret", new string('5', 64)),
                ("Auth__Required", "true"));

            Assert.All(findings, finding => Assert.True(finding.State == "ok", $"{finding}"));
            Assert.Equal(0, code);
        }
        finally
        {
            await TestDatabase.OnServer($"drop role {role}");
        }
    }

    [Fact]
    public async Task Document_HasTheSameItems()
    {
        var (_, findings) = await RunAsync();
        var document = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "hardening.md"), TestContext.Current.CancellationToken);

        Assert.Equal(Item().Matches(document).Select(match => match.Groups[1].Value), findings.Select(finding => finding.Check).Distinct());
    }

    private static async Task<(int Code, IReadOnlyList<(string Check, string State, string Text, string Remedy)> Findings)> RunAsync(
        params (string Key, string? Value)[] settings)
    {
        (string, string?)[] none = [("ENVIRONMENT", null), ("DATABASE_URL", null), ("REDIS_HOST", null), ("RABBITMQ_URL", null), .. settings];
        var run = await CommandLine.RunOwnAsync("Standalone", ["doctor", "--production", "--json"], Repository.Root, none);

        Assert.Equal("", run.Errors);
        Assert.DoesNotContain(Secret, run.Output, StringComparison.Ordinal);
        return (run.Code, [.. JsonDocument.Parse(run.Output).RootElement.GetProperty("findings").EnumerateArray().Select(finding =>
            (Of(finding, "check"), Of(finding, "state"), Of(finding, "text"), Of(finding, "remedy")))]);

        static string Of(JsonElement finding, string name) => finding.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^\| `([a-z-]+)` \|", RegexOptions.Multiline)]
    private static partial Regex Item();
}
