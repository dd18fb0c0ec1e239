using System.Text.Json;
using System.Text.RegularExpressions;
using Coinsphere.Messaging.Standalone.Commands;

namespace Coinsphere.Messaging.Standalone.Tests.Commands;

public sealed partial class ConfigCommandTests
{
    [Fact]
    public async Task EverySetting_HasItsValueAndWhereThatComesFrom_WithoutPasswords()
    {
        var run = await CommandProcess.RunAsync(
            [
                ("CACHE_TTL", "60"), ("Prices__KeepFor", "00:00:10"), ("DATABASE_URL", "postgresql://me:s3cret@db/coins"), ("Redis__Host", "cache"),
                ("Redis__Password", "s3cret"), ("RABBITMQ_URL", "amqp://me:s3cret@broker/coins"),
            ],
            "config", "--json", "--Records:ScoreEvery=00:10:00");

        Assert.Equal((0, ""), (run.Code, run.Errors));
        Assert.DoesNotContain("s3cret", run.Output, StringComparison.Ordinal);
        var settings = JsonDocument.Parse(run.Output).RootElement.GetProperty("settings").EnumerateArray()
            .ToDictionary(setting => setting.GetProperty("key").GetString()!, setting => setting);
        Assert.Equal(("60", "environment CACHE_TTL"), Of("Cache:PredictionSeconds"));
        Assert.Equal(("00:00:10", "environment Prices__KeepFor"), Of("Prices:KeepFor"));
        Assert.Equal(("00:10:00", "argument"), Of("Records:ScoreEvery"));
        Assert.Equal(("7200", "default"), Of("Cache:RiskSeconds"));
        Assert.Equal(("8000", "default"), Of("Gateway:Port"));
        Assert.Equal(("development", "default"), Of("ENVIRONMENT"));
        Assert.Equal(("postgresql://me:***@db/coins", "environment DATABASE_URL"), Of("Prices:Database"));
        Assert.Equal(("amqp://me:***@broker/coins", "environment RABBITMQ_URL"), Of("RabbitMq:Url"));
        Assert.Equal(("***", "environment Redis__Password"), Of("Redis:Password"));

        (string?, string?) Of(string key) => (settings[key].GetProperty("value").GetString(), settings[key].GetProperty("source").GetString());
    }

    [Fact]
    public async Task EveryDocumentedSetting_IsListed()
    {
        var run = await CommandProcess.RunAsync("config");

        var page = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "configuration.md"), TestContext.Current.CancellationToken);
        var documented = DocumentedKey().Matches(page).Select(match => match.Value.Trim('`')).Distinct();
        Assert.DoesNotContain(documented, key => !Regex.IsMatch(run.Output, $@"^{key}\s", RegexOptions.Multiline));
        Assert.DoesNotContain('\u001b', run.Output);
    }

    [Fact]
    public async Task WrongValues_AreNamed_AndTheRestIsListed()
    {
        var run = await CommandProcess.RunAsync([("PORT", "abc"), ("CACHE_TTL", "-1"), ("Prices__Foldr", "x")], "config");

        Assert.Equal(1, run.Code);
        Assert.Contains("PORT is 'abc': expected a whole number", run.Errors, StringComparison.Ordinal);
        Assert.Contains("CACHE_TTL is '-1': expected 0 to 86400", run.Errors, StringComparison.Ordinal);
        Assert.Contains("Prices__Foldr is not a known setting and is ignored; did you mean ", run.Errors, StringComparison.Ordinal);
        Assert.Contains("Models:Folder", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Prices:Database", "postgresql://me:p@ss/w:rd@db:5432/coins?sslmode=require", "postgresql://me:***@db:5432/coins?sslmode=require")]
    [InlineData("Prices:Database", "Host=db;Username=me;Password=s3cret;Database=coins", "Host=db;Username=me;Password=***;Database=coins")]
    [InlineData("Prices:Database", "postgresql://db/coins?user=me&password=s3cret", "postgresql://db/coins?user=me&password=***")]
    [InlineData("Prices:Database", "Host=db;Password=my s3cret word;Database=coins", "Host=db;Password=***;Database=coins")]
    [InlineData("Prices:Database", "host=db password='a b' dbname=coins", "host=db password=*** dbname=coins")]
    [InlineData("Prices:Database", "postgresql://me:s3 cret@db/coins", "postgresql://me:***@db/coins")]
    [InlineData("RabbitMq:Url", "amqp://:s3cret@broker", "amqp://:***@broker")]
    [InlineData("Telemetry:OtlpEndpoint", "http://localhost:4317", "http://localhost:4317")]
    [InlineData("Redis:Password", "", "")]
    [InlineData("Redis:Password", "x", "***")]
    public void Password_IsHidden(string key, string value, string expected) => Assert.Equal(expected, SettingsReport.Hide(key, value));

    [GeneratedRegex("`[A-Z][A-Za-z]+:[A-Z][A-Za-z]+`")]
    private static partial Regex DocumentedKey();
}
