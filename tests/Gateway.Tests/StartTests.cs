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
}
