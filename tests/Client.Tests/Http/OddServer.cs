using Coinsphere.Messaging.Client.Tests.Services;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Coinsphere.Messaging.Client.Tests.Http;

/// <summary>A server on a free port that answers whatever it is told to, and a client of it.</summary>
internal sealed class OddServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ServiceProvider _services;

    private OddServer(WebApplication app, ServiceProvider services) => (_app, _services) = (app, services);

    public IPredictionClient Client => _services.GetRequiredService<IPredictionClient>();

    public static async Task<OddServer> StartAsync(
        RequestDelegate answer, TimeSpan? timeout = null, string path = "", TimeProvider? time = null, string? key = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(answer);
        await app.StartAsync();
        var url = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        var services = new ServiceCollection();
        services.AddSingleton(time ?? TimeProvider.System);
        services.AddPredictionClient(options =>
        {
            options.Url = new Uri(url + path);
            options.ApiKey = key;
            options.Timeout = timeout ?? TimeSpan.FromSeconds(20);
        });
        return new OddServer(app, services.BuildServiceProvider());
    }

    public static Task<OddServer> AnsweringAsync(int status, string contentType, string body) => StartAsync(http =>
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = contentType;
        return http.Response.WriteAsync(body);
    });

    /// <summary>Listens no more, while its client is still there.</summary>
    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _app.DisposeAsync();
    }
}
