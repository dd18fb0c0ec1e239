using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Limits;
using Coinsphere.Messaging.Gateway.Problems;
using Coinsphere.Messaging.Hosting.Keys;
using Coinsphere.Messaging.Hosting.Web;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Coinsphere.Messaging.Gateway.Callers;

/// <summary>What every request passes before its endpoint: the host by which it is asked, and the caller's key.</summary>
internal static class CallerMiddleware
{
    private const string BearerChallenge = "Bearer realm=\"coinsphere\"";
    private const string BasicChallenge = "Basic realm=\"coinsphere: any name, and a key as password\", charset=\"UTF-8\"";

    /// <summary>Refuses requests by another name than this process has.</summary>
    public static void UseAllowedHosts(this IApplicationBuilder app)
    {
        var hosts = new AllowedHosts(app.ApplicationServices.GetRequiredService<IConfiguration>(), GatewayOptions.Section);
        app.Use((http, next) => hosts.Fault(http.Request) is { } fault
            ? Problem.WriteAsync(http, new RequestRefused(RefusalReason.InvalidRequest, fault), StatusCodes.Status400BadRequest, "Wrong host")
            : next(http));
    }

    /// <summary>
    /// Asks for a key where the settings say so. Behind routing, since endpoints say what they need; what has no endpoint needs a key that reads.
    /// </summary>
    public static void UseCallers(this IApplicationBuilder app)
    {
        if (!app.ApplicationServices.GetRequiredService<IOptions<AuthOptions>>().Value.IsOn)
        {
            return;
        }

        var callers = app.ApplicationServices.GetRequiredService<CallerJudge>();
        var rates = app.ApplicationServices.GetRequiredService<RateLimits>();
        app.Use((http, next) =>
        {
            var needed = http.GetEndpoint()?.Metadata.GetMetadata<NeededScope>()?.Scope ?? KeyScope.Read;
            return needed == KeyScope.None ? next(http) : JudgeAsync(http, next, callers, rates, needed);
        });
    }

    private static async Task JudgeAsync(HttpContext http, RequestDelegate next, CallerJudge callers, RateLimits rates, KeyScope needed)
    {
        var found = await callers.IdentifyAsync(http);
        if (found.Refusal is { } refusal)
        {
            if (refusal.Reason == RefusalReason.Unauthenticated)
            {
                // Whoever guesses keys has a rate, too.
                if (rates.Take(http.Caller(), Costs.WrongKey) is { } tooMany)
                {
                    await ((Problem)tooMany).ExecuteAsync(http);
                    return;
                }

                http.Response.Headers.WWWAuthenticate = IsPage(http.Request)
                    ? new StringValues([BearerChallenge, BasicChallenge])
                    : BearerChallenge;
            }

            await ((Problem)refusal).ExecuteAsync(http);
            return;
        }

        var caller = found.Answer!;
        if (caller.Scope < needed)
        {
            var has = caller.Scope == KeyScope.None ? "none" : KeyScopes.Name(caller.Scope);
            await ((Problem)new RequestRefused(
                RefusalReason.NotAllowed, $"this needs the scope {KeyScopes.Name(needed)}, and {caller.ShownName} has {has}")).ExecuteAsync(http);
            return;
        }

        http.Features.Set(caller);
        await next(http);
    }

    // A browser asks a person for the key then.
    private static bool IsPage(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) && request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal);
}
