using Coinsphere.Messaging.Hosting.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Hosting.Tests.Configuration;

public sealed class HostArgumentsTests
{
    // A user of Linux has 128 handles for watching, which all containers of a machine that run as the same user share.
    [Fact]
    public void NoFileOfSettings_IsWatched()
    {
        var arguments = HostRunner.Arguments("--Gateway:Port=1");
        IConfigurationBuilder[] both = [Host.CreateApplicationBuilder(arguments).Configuration, WebApplication.CreateBuilder(arguments).Configuration];
        foreach (var configuration in both)
        {
            var files = configuration.Sources.OfType<JsonConfigurationSource>().ToArray();
            Assert.NotEmpty(files);
            Assert.DoesNotContain(files, file => file.ReloadOnChange);
            Assert.Equal("1", ((IConfiguration)configuration)["Gateway:Port"]);
        }
    }

    [Theory]
    [InlineData(null, "simple", "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ")]
    [InlineData("json", "json", "yyyy-MM-dd'T'HH:mm:ss.fff'Z'")]
    [InlineData("JSON", "JSON", "yyyy-MM-dd'T'HH:mm:ss.fff'Z'")]
    public void LogLines_AreJsonByOneSetting(string? format, string name, string time)
    {
        using var host = Created(format).Build();
        Assert.Equal(name, host.Services.GetRequiredService<IOptions<ConsoleLoggerOptions>>().Value.FormatterName);
        var simple = host.Services.GetRequiredService<IOptions<SimpleConsoleFormatterOptions>>().Value;
        var json = host.Services.GetRequiredService<IOptions<JsonConsoleFormatterOptions>>().Value;
        Assert.Equal((true, true, time), (simple.SingleLine, simple.UseUtcTimestamp, simple.TimestampFormat));
        Assert.Equal((true, time), (json.UseUtcTimestamp, json.TimestampFormat));
    }

    [Fact]
    public void FormatThatIsNone_IsRefusedWithThoseThereAre()
    {
        var wrong = Assert.Throws<SettingException>(() => Created("jsn"));
        Assert.Equal("Logging:Console:FormatterName is 'jsn': expected one of simple, json, systemd", wrong.Message);
    }

    private static HostApplicationBuilder Created(string? format)
    {
        var builder = Host.CreateApplicationBuilder(HostRunner.Arguments(format is null ? [] : [$"--Logging:Console:FormatterName={format}"]));
        builder.AddHostDefaults();
        return builder;
    }
}
