using System.Net.Http.Headers;
using Coinsphere.Messaging.Client;
using Coinsphere.Messaging.Dashboard.Assets;
using Coinsphere.Messaging.Dashboard.Components;
using Coinsphere.Messaging.Dashboard.Data;
using Coinsphere.Messaging.Hosting.Configuration;
using Coinsphere.Messaging.Hosting.Web;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Components.Forms;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Coinsphere.Messaging.Dashboard;

/// <summary>Adds the page to a host: a process of its own, or one together with a gateway.</summary>
public static class DashboardHost
{
    // Nothing from elsewhere, and no script in the page. Charts and bars have styles of their own.
    private const string ContentPolicy =
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'self'; "
        + "form-action 'self'; object-src 'none'; frame-ancestors 'none'";

    /// <summary>Adds what the page needs. It asks the service at <c>ML_SERVICE_URL</c>.</summary>
    /// <param name="builder">The host.</param>
    /// <param name="service">The address of the service, where the host knows it only once it has started.</param>
    /// <param name="key">The key that the page shows to a service in its own process; by default that of <c>COINSPHERE_API_KEY</c>.</param>
    public static void AddDashboard(
        this WebApplicationBuilder builder, Func<IServiceProvider, Uri>? service = null, Func<IServiceProvider, string>? key = null)
    {
        var services = builder.Services;
        services.AddRazorComponents().AddInteractiveServerComponents();
        // What a page hands to its own connection is read by the process that wrote it, so no key is stored.
        services.AddDataProtection().UseEphemeralDataProtectionProvider();
        // It would load the stored keys at start, and store one.
        foreach (var loading in services.Where(service => service.ImplementationType?.Name == "DataProtectionHostedService").ToArray())
        {
            services.Remove(loading);
        }

        services.Replace(ServiceDescriptor.Scoped<AntiforgeryStateProvider, NoTokens>());
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
        builder.Logging.AddFilter("System.Net.Http.HttpClient", LogLevel.Warning);
        services.TryAddSingleton(TimeProvider.System);
        services.AddMemoryCache();
        services.AddSingleton<MarketBoard>();
        services.AddSingleton<SymbolReports>();
        services.AddSingleton<AlertReports>();
        services.AddSingleton<OwnMachine>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<MatcherPolicy, BrowserPolicy>());
        services.AddSingleton(new ServicePlace(IsThisProcess: service is not null));
        var client = services.AddPredictionClient();
        if (service is not null)
        {
            client.ConfigureHttpClient((provider, http) =>
                {
                    http.BaseAddress = service(provider);
                    http.DefaultRequestHeaders.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key(provider));
                })
                // The address is one of this process itself, whose certificate names the machine.
                .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
                {
                    SslOptions = { RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null },
                });
        }
    }

    /// <summary>Maps the pages and their files. Where the host has another endpoint for <c>GET /</c>, browsers get the page.</summary>
    public static void MapDashboard(this WebApplication app)
    {
        app.Use((http, next) =>
        {
            if (http.GetEndpoint()?.Metadata.GetMetadata<DashboardPage>() is not null)
            {
                var headers = http.Response.Headers;
                (headers.ContentSecurityPolicy, headers.XContentTypeOptions) = (ContentPolicy, "nosniff");
                (headers["Referrer-Policy"], headers.CacheControl, headers.Vary) = ("no-referrer", "no-store", "Accept");
            }

            return next(http);
        });
        app.MapAssets();
        app.MapRazorComponents<App>()
            // Its own policy would be a second header.
            .AddInteractiveServerRenderMode(options => options.ContentSecurityFrameAncestorsPolicy = null)
            // No form is posted: what changes a rule comes by the connection of a page.
            .DisableAntiforgery()
            .Add(endpoint =>
            {
                if (endpoint.Metadata.OfType<ComponentTypeMetadata>().Any())
                {
                    endpoint.Metadata.Add(new DashboardPage());
                    endpoint.Metadata.Add(new HttpMethodMetadata([HttpMethods.Get]));
                }
            });
    }

    /// <summary>Refuses requests by another name than the page has, where it is a process of its own.</summary>
    internal static void UseAllowedHosts(this WebApplication app)
    {
        var hosts = new AllowedHosts(app.Configuration, DashboardOptions.Section);
        app.Use((http, next) =>
        {
            if (hosts.Fault(http.Request) is not { } fault)
            {
                return next(http);
            }

            (http.Response.StatusCode, http.Response.ContentType) = (StatusCodes.Status400BadRequest, "text/plain; charset=utf-8");
            return http.Response.WriteAsync(fault, http.RequestAborted);
        });
    }

    /// <summary>Listens where section <c>Dashboard</c> says.</summary>
    internal static void ListenAsDashboard(this WebApplicationBuilder builder)
    {
        if (Environment.GetEnvironmentVariable("PORT") is { Length: > 0 } port)
        {
            builder.AddDefaultSettings(KeyValuePair.Create($"{DashboardOptions.Section}:Port", (string?)port));
        }

        builder.Services.AddOptions<DashboardOptions>().BindConfiguration(DashboardOptions.Section).ValidateSection(DashboardOptions.Section);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        // Of the framework's own filter, which says less.
        builder.Services.Configure<HostFilteringOptions>(filter => filter.AllowedHosts = ["*"]);
        if (!string.IsNullOrEmpty(builder.Configuration[WebHostDefaults.ServerUrlsKey]))
        {
            return;
        }

        try
        {
            var options = builder.Configuration.GetSection(DashboardOptions.Section).Get<DashboardOptions>() ?? new DashboardOptions();
            builder.WebHost.UseUrls($"http://{options.Host}:{options.Port}");
        }
        catch (InvalidOperationException)
        {
            // A value of the wrong type. The options are validated before anything listens.
        }
    }
}

/// <summary>Marks the endpoint of a page.</summary>
internal sealed class DashboardPage;
