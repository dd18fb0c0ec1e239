using System.Net;
using Coinsphere.Messaging.Gateway.Tests.Hosts;
using Microsoft.AspNetCore.TestHost;

namespace Coinsphere.Messaging.Gateway.Tests.Limits;

/// <summary>A gateway whose connections come from the address in a header of the test's own.</summary>
public sealed class CallersFactory : GatewayFactory
{
    public const string From = "Test-From";

    /// <summary>A client at an address.</summary>
    internal static HttpClient At(HttpClient client, string address)
    {
        client.DefaultRequestHeaders.Add(From, address);
        return client;
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        base.ConfigureWebHost(builder);
        builder.ConfigureTestServices(services => services.AddSingleton<IStartupFilter, Addresses>());
    }

    private sealed class Addresses : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use((http, rest) =>
            {
                http.Connection.RemoteIpAddress = IPAddress.TryParse(http.Request.Headers[From], out var address) ? address : null;
                return rest(http);
            });
            next(app);
        };
    }
}
