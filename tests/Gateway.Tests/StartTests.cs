using Coinsphere.Messaging.Gateway.Tests.Hosts;
using Microsoft.AspNetCore.Hosting;

namespace Coinsphere.Messaging.Gateway.Tests;

public class StartTests
{
    [Theory]
    [InlineData("Gateway:Port", "65536")]
    [InlineData("Gateway:Port", "eighty")]
    [InlineData("Gateway:Host", "")]
    [InlineData("Gateway:ShowErrorDetails", "maybe")]
    [InlineData("Cache:PredictionSeconds", "-1")]
    [InlineData("Symbols:Supported", "B-C")]
    public void WrongValue_StopsTheStartWithItsKeyAndItself(string key, string value)
    {
        using var factory = new GatewayFactory();
        using var gateway = factory.WithWebHostBuilder(builder => builder.UseSetting(key, value));
        var wrong = Assert.ThrowsAny<Exception>(() => gateway.Server);
        Assert.Contains($"'{value}'", wrong.Message, StringComparison.Ordinal);
        Assert.Contains(key, wrong.Message, StringComparison.Ordinal);
    }
}
