using Coinsphere.Messaging.Gateway.Callers;
using Microsoft.OpenApi;

namespace Coinsphere.Messaging.Gateway.OpenApi;

/// <summary>Describes how a key is sent, for pages with a button for it and for generators of clients.</summary>
internal static class SecuritySchemes
{
    private const string Bearer = "bearer";
    private const string Key = "key";

    public static void Add(OpenApiDocument document)
    {
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [Bearer] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "A key (cs_...) or a token, where the service wants one.",
            },
            [Key] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.ApiKey,
                In = ParameterLocation.Header,
                Name = Credentials.KeyHeader,
                Description = "A key (cs_...), where the service wants one.",
            },
        };
        // Any of the three: a service on loopback wants none.
        document.Security = [new(), new() { [new(Bearer, document)] = [] }, new() { [new(Key, document)] = [] }];
    }
}
