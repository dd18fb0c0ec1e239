using System.Diagnostics;

namespace Coinsphere.Messaging.Gateway.Tests;

public class StartTests
{
    [Theory]
    [InlineData("Gateway:CorsOrigins", "https://app.example/page")]
    [InlineData("Gateway:Port", "65536")]
    [InlineData("Gateway:Port", "eighty")]
    [InlineData("Gateway:Host", "")]
    [InlineData("Gateway:ShowErrorDetails", "maybe")]
    [InlineData("Cache:PredictionSeconds", "-1")]
    [InlineData("Symbols:Supported", "B-C")]
    public async Task WrongValue_EndsTheProgramWithItsKeyAndItself(string key, string value)
    {
        var gateway = Path.Combine(AppContext.BaseDirectory, "Coinsphere.Messaging.Gateway.dll");
        var start = new ProcessStartInfo("dotnet", [gateway, "--RabbitMq:Url=amqp://127.0.0.1:1", $"--{key}={value}"])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true
        };
        using var program = Process.Start(start)!;
        var output = program.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = await program.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await program.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(1, program.ExitCode);
        Assert.Contains($"'{value}'", errors, StringComparison.Ordinal);
        Assert.StartsWith($"Cannot run: --{key} is '", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", errors + await output, StringComparison.Ordinal);
    }
}
