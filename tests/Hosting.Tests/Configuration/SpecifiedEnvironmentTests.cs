using Coinsphere.Messaging.Hosting.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Coinsphere.Messaging.Hosting.Tests.Configuration;

/// <summary>These tests change the process's environment, so nothing else runs beside them.</summary>
[CollectionDefinition(nameof(ProcessEnvironment), DisableParallelization = true)]
public sealed class ProcessEnvironment;

[Collection(nameof(ProcessEnvironment))]
public sealed class SpecifiedEnvironmentTests : IDisposable
{
    private readonly Dictionary<string, string?> _before = [];

    public void Dispose()
    {
        foreach (var (name, value) in _before)
        {
            Environment.SetEnvironmentVariable(name, value);
        }
    }

    [Theory]
    [InlineData("DATABASE_URL", "postgresql://coinsphere:password@localhost:5432/coinsphere_dev", "Prices:Database")]
    [InlineData("MODEL_CHECKPOINT_DIR", "./models/checkpoints", "Models:Folder")]
    [InlineData("SUPPORTED_SYMBOLS", "BTC,ETH", "Symbols:Supported")]
    [InlineData("CACHE_TTL", "300", "Cache:PredictionSeconds")]
    [InlineData("RABBITMQ_URL", "amqp://guest:guest@localhost", "RabbitMq:Url")]
    [InlineData("PORT", "8000", "Gateway:Port")]
    [InlineData("CORS_ORIGINS", "http://localhost:5173,http://localhost:3001", "Gateway:CorsOrigins")]
    public void SpecifiedName_SetsItsKey(string name, string value, string key)
    {
        Set(name, value);
        Assert.Equal(value, Configured()[key]);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void NameThatIsNotSet_LeavesItsKeyAlone(string? value)
    {
        Set("CACHE_TTL", value);
        Set("Cache__PredictionSeconds", null);
        Assert.Null(Configured()["Cache:PredictionSeconds"]);
    }

    [Fact]
    public void KeySetDirectly_GoesBeforeTheSpecifiedName()
    {
        Set("CACHE_TTL", "300");
        Set("Cache__PredictionSeconds", "60");
        Assert.Equal("60", Configured()["Cache:PredictionSeconds"]);
    }

    [Fact]
    public void ArgumentOfTheCommandLine_GoesBeforeTheSpecifiedName()
    {
        Set("PORT", "8000");
        Assert.Equal("8001", Configured("--Gateway:Port=8001")["Gateway:Port"]);
    }

    [Fact]
    public void DefaultSetting_GoesAfterTheSpecifiedName()
    {
        Set("PORT", "8000");
        Set("CORS_ORIGINS", null);
        var builder = Host.CreateApplicationBuilder();
        builder.AddDefaultSettings(new("Gateway:Port", "1"), new("Gateway:CorsOrigins", "http://default"));
        builder.AddSpecifiedEnvironment();
        Assert.Equal("8000", builder.Configuration["Gateway:Port"]);
        Assert.Equal("http://default", builder.Configuration["Gateway:CorsOrigins"]);
    }

    [Theory]
    [InlineData("development", "Development")]
    [InlineData(" PRODUCTION ", "Production")]
    [InlineData("staging", "Staging")]
    [InlineData("", "Fallback")]
    [InlineData(" ", "Fallback")]
    [InlineData(null, "Fallback")]
    public void EnvironmentName_IsEnvironmentElseTheDefault(string? value, string expected)
    {
        Set("ENVIRONMENT", value);
        Assert.Equal(expected, SpecifiedEnvironment.Name("Fallback"));
    }

    [Theory]
    [InlineData("prod")]
    [InlineData("developement")]
    public void EnvironmentNameThatIsNone_IsRefusedWithWhatIsExpected(string value)
    {
        Set("ENVIRONMENT", value);

        var refused = Assert.Throws<SettingException>(() => SpecifiedEnvironment.Name("Development"));

        Assert.Equal($"ENVIRONMENT is '{value}': expected development, staging, production", refused.Message);
    }

    private static ConfigurationManager Configured(params string[] args)
    {
        var builder = Host.CreateApplicationBuilder(args);
        builder.AddSpecifiedEnvironment();
        return (ConfigurationManager)builder.Configuration;
    }

    private void Set(string name, string? value)
    {
        _before.TryAdd(name, Environment.GetEnvironmentVariable(name));
        Environment.SetEnvironmentVariable(name, value);
    }
}
