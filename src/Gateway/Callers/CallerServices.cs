using Coinsphere.Messaging.Gateway.Health;
using Coinsphere.Messaging.Hosting.Configuration;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Gateway.Callers;

internal static class CallerServices
{
    public static void AddCallers(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<AuthOptions>().BindConfiguration(AuthOptions.Section).ValidateSection(AuthOptions.Section);
        services.AddSingleton<IValidateOptions<AuthOptions>, AuthOptionsValidator>();
        services.AddSingleton<CallerTable>();
        services.AddSingleton<StreamTickets>();
        services.AddSingleton<OwnKey>();
        services.AddSingleton<CallerJudge>();
        services.AddHostedService<KeysFileWatch>();
        services.AddHostedService<RevokedStreams>();
        services.AddHealthChecks().AddCheck<KeysCheck>("keys", tags: ["ready"]);
        // The framework's own filter answers a wrong host without a problem; this service has one.
        services.Configure<HostFilteringOptions>(filter => filter.AllowedHosts = ["*"]);
        if (!string.IsNullOrWhiteSpace(builder.Configuration[$"{JwtOptions.Section}:{nameof(JwtOptions.Authority)}"]))
        {
            services.AddTokens();
        }
    }

    private static void AddTokens(this IServiceCollection services)
    {
        services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer();
        services.AddOptions<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme).Configure<IOptions<AuthOptions>>((bearer, auth) =>
        {
            bearer.Authority = auth.Value.Jwt.Authority;
            bearer.Audience = auth.Value.Jwt.Audience;
            // The settings take http only of this machine.
            bearer.RequireHttpsMetadata = auth.Value.Jwt.Authority?.StartsWith(Uri.UriSchemeHttps, StringComparison.OrdinalIgnoreCase) == true;
            bearer.MapInboundClaims = false;
            bearer.Events = new JwtBearerEvents
            {
                OnAuthenticationFailed = async failed =>
                {
                    if (!await IsIssuerKnownAsync(failed.Options, failed.HttpContext.RequestAborted))
                    {
                        failed.HttpContext.Items[CallerJudge.IssuerUnavailable] = true;
                    }

                    failed.Fail(failed.Exception);
                },
            };
        });
    }

    // Without the issuer's keys every token fails, and the failure does not say why.
    private static async Task<bool> IsIssuerKnownAsync(JwtBearerOptions options, CancellationToken cancellationToken)
    {
        try
        {
            return options.ConfigurationManager is null || await options.ConfigurationManager.GetConfigurationAsync(cancellationToken) is not null;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
