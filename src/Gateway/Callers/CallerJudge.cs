using System.Globalization;
using System.Security.Claims;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Keys;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Gateway.Callers;

/// <summary>Decides who makes a request, by its key, token or ticket.</summary>
internal sealed class CallerJudge(CallerTable table, StreamTickets tickets, OwnKey own, IOptions<AuthOptions> options)
{
    /// <summary>Set where the issuer of tokens could not be asked for its keys.</summary>
    public static readonly object IssuerUnavailable = new();

    private static readonly RequestRefused NoKey = Refused(
        $"this service wants a key: send Authorization: Bearer {ApiKey.Prefix}..., or the key as {Credentials.KeyHeader}");

    // The same for an unknown, a wrong and a revoked key: it does not tell whether there is such a key.
    private static readonly RequestRefused Invalid = Refused("the key is not valid");

    private static readonly RequestRefused InvalidTicket = Refused(
        "the ticket is not valid: it opens one stream, within a minute after POST /api/v1/stream/ticket");

    private static readonly RequestRefused Unknown = new(
        RefusalReason.KeysUnavailable,
        "the valid keys are not known yet: no worker that reads them from the database has reported, or their file cannot be read");

    private static readonly RequestRefused NoIssuer = new(RefusalReason.KeysUnavailable, "the issuer of tokens (Auth:Jwt:Authority) cannot be asked");

    /// <summary>The caller, or why there is none.</summary>
    public async Task<Result<Caller>> IdentifyAsync(HttpContext http)
    {
        var (text, fault, isAmbient) = Credentials.Read(http.Request.Headers);
        if (fault is not null)
        {
            return Refused(fault);
        }

        if (text is null)
        {
            return http.GetEndpoint()?.Metadata.GetMetadata<TakesTicket>() is not null && http.Request.Query[StreamTickets.Parameter] is [{ } ticket, ..]
                ? OfTicket(ticket)
                : NoKey;
        }

        if (options.Value.Jwt.IsOn && !text.StartsWith(ApiKey.Prefix, StringComparison.Ordinal))
        {
            return await OfTokenAsync(http);
        }

        var caller = OfKey(text);
        // A page of another site can make a browser send it too, so it only reads.
        return caller.Answer is { } known && isAmbient ? known with { Scope = (KeyScope)Math.Min((int)known.Scope, (int)KeyScope.Read) } : caller;
    }

    private Result<Caller> OfKey(string text)
    {
        if (own.Is(text))
        {
            return OwnKey.Caller;
        }

        if (!table.IsKnown)
        {
            return options.Value.HasKeys ? Unknown : Invalid;
        }

        return ApiKey.TryParse(text, out var id, out var secret) && table.Find(id, secret) is { } key ? Of(key) : Invalid;
    }

    private Result<Caller> OfTicket(string ticket) => !table.IsKnown ? Unknown : tickets.Redeem(ticket) is { } key ? Of(key) : InvalidTicket;

    private static Caller Of(CallerKey key) =>
        new($"key {key.Id}", key.Name, KeyId: key.Id, Scope: KeyScopes.Of(key.Scopes), PerSecond: key.PerSecond, Concurrent: key.Concurrent);

    private static async Task<Result<Caller>> OfTokenAsync(HttpContext http)
    {
        var found = await http.AuthenticateAsync(JwtBearerDefaults.AuthenticationScheme);
        if (found.Principal is not { } principal)
        {
            return http.Items.ContainsKey(IssuerUnavailable) ? NoIssuer : Invalid;
        }

        var subject = principal.FindFirstValue("sub") ?? principal.FindFirstValue("client_id") ?? "unnamed";
        var scopes = principal.Claims.Where(claim => claim.Type is "scope" or "scp").SelectMany(claim => claim.Value.Split(' '));
        DateTimeOffset? expires = long.TryParse(principal.FindFirstValue("exp"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? DateTimeOffset.FromUnixTimeSeconds(Math.Min(seconds, DateTimeOffset.MaxValue.ToUnixTimeSeconds()))
            : null;
        return new Caller($"token {subject}", CallerText.Shown(subject, StoredKey.MaxName), Scope: KeyScopes.Of(scopes), ExpiresAt: expires);
    }

    private static RequestRefused Refused(string detail) => new(RefusalReason.Unauthenticated, detail);
}
