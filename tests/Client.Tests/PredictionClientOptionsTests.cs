using Coinsphere.Messaging.Client.Tests.Services;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Client.Tests;

public class PredictionClientOptionsTests
{
    [Theory]
    [InlineData("ML_SERVICE_URL", "localhost")]
    [InlineData("ML_SERVICE_URL", "localhost:8000")]
    [InlineData("ML_SERVICE_URL", "amqp://localhost")]
    [InlineData("ML_SERVICE_URL", "/predict")]
    [InlineData("ML_SERVICE_TIMEOUT", "soon")]
    [InlineData("ML_SERVICE_TIMEOUT", "30s")]
    [InlineData("ML_SERVICE_TIMEOUT", "0")]
    [InlineData("ML_SERVICE_TIMEOUT", "-1")]
    [InlineData("ML_SERVICE_TIMEOUT", "3600001")]
    [InlineData("ML_SERVICE_TIMEOUT", "99999999999")]
    public async Task WrongValue_StopsTheHostAtItsStartWithKeyAndValue(string key, string value)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration[key] = value;
        builder.Services.AddPredictionClient();
        using var host = builder.Build();
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(TestContext.Current.CancellationToken));
        Assert.Contains($"{key} is '{value}': expected ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WithoutConfiguration_TheSpecifiedDefaultsHold()
    {
        var options = Read([], configure: null);
        Assert.Equal(new Uri("http://localhost:8000"), options.Url);
        Assert.Equal(TimeSpan.FromSeconds(30), options.Timeout);
    }

    [Fact]
    public void Configuration_IsReadAndCodeGoesBeforeIt()
    {
        KeyValuePair<string, string?>[] configuration = [new("ML_SERVICE_URL", "https://ml.example/api"), new("ML_SERVICE_TIMEOUT", "1500")];
        var options = Read(configuration, configure: null);
        Assert.Equal(new Uri("https://ml.example/api"), options.Url);
        Assert.Equal(TimeSpan.FromSeconds(1.5), options.Timeout);
        Assert.Equal(TimeSpan.FromSeconds(2), Read(configuration, set => set.Timeout = TimeSpan.FromSeconds(2)).Timeout);
    }

    [Fact]
    public void Key_IsReadFromTheConfiguration_AndAWrongOneIsNotShown()
    {
        Assert.Null(Read([], configure: null).ApiKey);
        Assert.Equal("cs_1_2", Read([new("COINSPHERE_API_KEY", " cs_1_2 ")], configure: null).ApiKey);
        var failure = Assert.Throws<OptionsValidationException>(() => Read([new("COINSPHERE_API_KEY", "s3 cret")], configure: null));
        Assert.Equal("COINSPHERE_API_KEY has 7 characters: expected visible ASCII without spaces", failure.Message);
    }

    private static PredictionClientOptions Read(IEnumerable<KeyValuePair<string, string?>> configuration, Action<PredictionClientOptions>? configure) =>
        new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(configuration).Build())
            .Also(services => services.AddPredictionClient(configure))
            .BuildServiceProvider()
            .GetRequiredService<IOptions<PredictionClientOptions>>().Value;
}
