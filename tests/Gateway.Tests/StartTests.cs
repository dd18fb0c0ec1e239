namespace Coinsphere.Messaging.Gateway.Tests;

public class StartTests
{
    [Theory]
    [InlineData("Gateway:CorsOrigins", "https://app.example/page")]
    [InlineData("Gateway:Port", "65536")]
    [InlineData("Gateway:Port", "eighty")]
    [InlineData("Gateway:Host", "")]
    [InlineData("Gateway:ShowErrorDetails", "maybe")]
    [InlineData("Limits:PerSecond", "-1")]
    [InlineData("Limits:Burst", "0")]
    [InlineData("Limits:TrustedProxies", "proxy.example")]
    [InlineData("Limits:TrustedProxies", "10.0.0.0/33")]
    [InlineData("Cache:MaxPastDays", "-1")]
    [InlineData("Cache:PredictionSeconds", "-1")]
    [InlineData("Symbols:Supported", "B-C")]
    public async Task WrongValue_EndsTheProgramWithItsKeyAndItself(string key, string value)
    {
        var program = await CommandLine.RunOwnAsync("Gateway", ["--RabbitMq:Url=amqp://127.0.0.1:1", $"--{key}={value}"]);

        Assert.Equal(1, program.Code);
        Assert.Contains($"'{value}'", program.Errors, StringComparison.Ordinal);
        Assert.StartsWith($"Cannot run: --{key} is '", program.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", program.Errors + program.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--Gateway:Host=0.0.0.0")]
    [InlineData("--Gateway:Host=192.168.1.7")]
    [InlineData("--urls=http://127.0.0.1:0;http://[::]:0")]
    [InlineData("--Kestrel:Endpoints:All:Url=http://*:0")]
    public async Task GatewayThatOthersReach_DoesNotStart_UntilItIsSaidWhoMayAsk(string address)
    {
        var program = await CommandLine.RunOwnAsync("Gateway", ["--RabbitMq:Url=amqp://127.0.0.1:1", address]);

        Assert.Equal(1, program.Code);
        Assert.StartsWith("Cannot run: this service would answer anyone at http://", program.Errors, StringComparison.Ordinal);
        Assert.Contains("set Auth:Required to true", program.Errors, StringComparison.Ordinal);
        Assert.Single(program.Errors.TrimEnd().Split('\n'));
    }

    [Theory]
    [InlineData("--Auth:Anonymous=true")]
    [InlineData("--Auth:Required=true")]
    [InlineData("--Auth:KeysFile=keys.json")]
    public async Task GatewayThatOthersReach_Starts_WhereItIsSaid(string setting)
    {
        await using var gateway = RunningProgram.Start(
            "Gateway", ["--RabbitMq:Url=amqp://127.0.0.1:1", "--urls=http://0.0.0.0:0", "--Logging:LogLevel:Microsoft.Hosting.Lifetime=Information", setting]);
        await gateway.ListeningAsync();
    }

    [Theory]
    [InlineData("--Auth:Required=true", "Auth:Anonymous is 'True' beside a setting that asks for keys")]
    [InlineData("--Auth:Jwt:Authority=http://issuer.example", "--Auth:Jwt:Authority is 'http://issuer.example': expected an https URL")]
    [InlineData("--Auth:Jwt:Authority=https://issuer.example", "Auth:Jwt:Audience is ''")]
    [InlineData("--Auth:Required=maybe", "--Auth:Required is 'maybe'")]
    public async Task SettingsThatContradict_EndTheProgram(string setting, string expected)
    {
        var program = await CommandLine.RunOwnAsync("Gateway", ["--RabbitMq:Url=amqp://127.0.0.1:1", "--Auth:Anonymous=true", setting]);

        Assert.Equal(1, program.Code);
        Assert.Contains(expected.Replace("Auth:Anonymous is", "--Auth:Anonymous is", StringComparison.Ordinal), program.Errors, StringComparison.Ordinal);
    }
}
