using System.Text;
using System.Text.Json.Serialization;
using Microsoft.OpenApi;

namespace Coinsphere.Messaging.Gateway.OpenApi;

/// <summary>
/// The API as OpenAPI 3.1 at <c>/openapi/v1.json</c> and <c>/openapi.json</c>, as OpenAPI 3.0 at <c>/openapi/v1-3.0.json</c> for generators that read no
/// newer one, and as pages at <c>/docs</c> and <c>/redoc</c>. Everything is served from here.
/// </summary>
internal static class ApiDocument
{
    private const string Current = "v1";
    private const string Older = "v1-3.0";
    private const string CurrentPath = $"/openapi/{Current}.json";

    private const string ContentPolicy =
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; worker-src 'self' blob:; base-uri 'self'; "
        + "form-action 'self'; object-src 'none'; frame-ancestors 'none'";

    // The library's own page loads fonts and a logo from other hosts.
    private const string RedocPage = """
        <!DOCTYPE html>
        <html lang="en">
        <head>
            <title>%(DocumentTitle)</title>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy"
                content="default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; worker-src 'self' blob:">
            <link href="index.css" rel="stylesheet">
            <style>img[src^="https:"] { display: none; }</style>
            %(HeadContent)
        </head>
        <body>
            <div id="redoc-container"></div>
            <script type="module" src="index.js"></script>
        </body>
        </html>
        """;

    public static void AddOpenApiDocument(this IServiceCollection services)
    {
        // Of what no endpoint reads or writes with: answers and requests have JSON of their own. Numbers are never texts in either.
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict);
        foreach (var (name, version) in ((string, OpenApiSpecVersion)[])[(Current, OpenApiSpecVersion.OpenApi3_1), (Older, OpenApiSpecVersion.OpenApi3_0)])
        {
            services.AddOpenApi(name, options =>
            {
                options.OpenApiVersion = version;
                options.AddDocumentTransformer((document, _, _) =>
                {
                    document.Info.Title = ServiceInfo.Name;
                    document.Info.Version = ServiceInfo.Version;
                    document.Info.Description = "Price predictions and risk scores of cryptocurrencies. Nothing here is financial advice.";
                    document.Servers?.Clear();
                    SecuritySchemes.Add(document);
                    return Task.CompletedTask;
                });
                Schemas.Add(options);
                options.AddOperationTransformer(Operations.DescribeAsync);
            });
        }
    }

    public static void MapOpenApiDocument(this WebApplication app)
    {
        app.MapOpenApi();
        // Where FastAPI has it.
        app.MapOpenApi("/openapi.json");
        // The middleware of a page checks every path that reaches it.
        app.UseWhen(http => http.Request.Path.StartsWithSegments("/docs"), docs => docs.Use(Protect).UseSwaggerUI(page =>
        {
            page.RoutePrefix = "docs";
            page.DocumentTitle = ServiceInfo.Name;
            page.SwaggerEndpoint(CurrentPath, Current);
            page.EnableTryItOutByDefault();
        }));
        app.UseWhen(http => http.Request.Path.StartsWithSegments("/redoc"), redoc => redoc.Use(Protect).UseReDoc(page =>
        {
            page.RoutePrefix = "redoc";
            page.DocumentTitle = ServiceInfo.Name;
            page.SpecUrl = CurrentPath;
            page.IndexStream = () => new MemoryStream(Encoding.UTF8.GetBytes(RedocPage));
        }));
    }

    // A page in which people type keys: it takes nothing from elsewhere, and no other page frames it.
    private static Task Protect(HttpContext http, RequestDelegate next)
    {
        var headers = http.Response.Headers;
        (headers.ContentSecurityPolicy, headers.XContentTypeOptions, headers["Referrer-Policy"]) = (ContentPolicy, "nosniff", "no-referrer");
        return next(http);
    }
}
