using Coinsphere.Messaging.Hosting.Telemetry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Hosting.Tests.Telemetry;

public class TelemetryOptionsTests
{
    [Theory]
    [InlineData("Telemetry:OtlpEndpoint", "localhost:4317", "expected a URL")]
    [InlineData("Telemetry:OtlpEndpoint", "ftp://collector", "expected a URL")]
    [InlineData("Telemetry:OtlpProtocol", "http/json", "expected grpc or http/protobuf")]
    [InlineData("Telemetry:MetricIntervalMs", "0", "expected 100 to 3600000")]
    public async Task WrongValue_StopsTheStartWithItsKeyAndItself(string key, string value, string why)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration[key] = value;
        builder.AddTelemetry("tests");

        // Logs are sent too, so that what is wrong with where they go is found when the host is made.
        var wrong = await Assert.ThrowsAsync<OptionsValidationException>(async () =>
        {
            using var host = builder.Build();
            await host.StartAsync(TestContext.Current.CancellationToken);
        });

        Assert.Contains($"{key} is '{value}'", wrong.Message, StringComparison.Ordinal);
        Assert.Contains(why, wrong.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http/protobuf", "http://collector:4318/base/", "http://collector:4318/base/v1/traces")]
    [InlineData("grpc", "http://collector:4317", "http://collector:4317/")]
    public void Endpoint_HasTheSignalsPathOverHttpOnly(string protocol, string endpoint, string expected) =>
        Assert.Equal(expected, new TelemetryOptions { OtlpEndpoint = endpoint, OtlpProtocol = protocol }.EndpointOf("traces").AbsoluteUri);
}
