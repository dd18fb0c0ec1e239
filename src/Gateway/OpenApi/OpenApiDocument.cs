using System.Text.Json;
using System.Text.Json.Nodes;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Problems;
using Coinsphere.Messaging.Gateway.Requests;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Coinsphere.Messaging.Gateway.OpenApi;

/// <summary>The OpenAPI document at <c>/openapi/v1.json</c> and its page at <c>/docs</c>.</summary>
internal static class OpenApiDocument
{
    public static void AddOpenApiDocument(this IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = ServiceInfo.Name;
            document.Info.Version = ServiceInfo.Version;
            document.Info.Description = "Price predictions and risk scores of cryptocurrencies. Nothing here is financial advice.";
            document.Servers?.Clear();
            return Task.CompletedTask;
        });
        options.AddSchemaTransformer((schema, context, _) => Typed(schema, context));
        options.AddOperationTransformer((operation, context, _) =>
        {
            var metadata = context.Description.ActionDescriptor.EndpointMetadata;
            if (metadata.OfType<EndpointExamples>().SingleOrDefault() is { } examples)
            {
                AddExamples(operation, examples);
            }

            if (metadata.OfType<PossibleRefusals>().SingleOrDefault() is { } refusals)
            {
                AddRefusals(operation, refusals);
            }

            return Task.CompletedTask;
        });
    });

    public static void MapOpenApiDocument(this WebApplication app)
    {
        app.MapOpenApi();
        // Its middleware checks every path that reaches it.
        app.UseWhen(http => http.Request.Path.StartsWithSegments("/docs"), docs => docs.UseSwaggerUI(page =>
        {
            page.RoutePrefix = "docs";
            page.DocumentTitle = ServiceInfo.Name;
            page.SwaggerEndpoint("/openapi/v1.json", "v1");
        }));
    }

    // The schema exporter knows no type for a property that has its own converter.
    private static Task Typed(OpenApiSchema schema, OpenApiSchemaTransformerContext context)
    {
        var converter = context.JsonPropertyInfo?.AttributeProvider?
            .GetCustomAttributes(typeof(System.Text.Json.Serialization.JsonConverterAttribute), inherit: false)
            .OfType<System.Text.Json.Serialization.JsonConverterAttribute>().SingleOrDefault()?.ConverterType;
        if (converter is null)
        {
            return Task.CompletedTask;
        }

        var nullable = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) is null ? default : JsonSchemaType.Null;
        if (typeof(PlainNumberConverter).IsAssignableFrom(converter))
        {
            schema.Type = JsonSchemaType.Number | nullable;
        }
        else if (converter == typeof(PlainNumbersConverter))
        {
            schema.Type = JsonSchemaType.Array;
            schema.Items = new OpenApiSchema { Type = JsonSchemaType.Number, Format = "double" };
        }
        else if (converter == typeof(InstantConverter))
        {
            schema.Type = JsonSchemaType.String | nullable;
            schema.Format = "date-time";
        }
        else if (converter == typeof(RefusalReasonConverter))
        {
            schema.Type = JsonSchemaType.String;
            schema.Enum = [.. RefusalReasonConverter.AllNames.Select(name => JsonValue.Create(name))];
        }

        return Task.CompletedTask;
    }

    private static void AddExamples(OpenApiOperation operation, EndpointExamples examples)
    {
        if (examples.Request is not null && operation.RequestBody?.Content is { } content)
        {
            content["application/json"].Example = JsonNode.Parse(examples.Request);
        }

        if (operation.Responses?["200"].Content?.TryGetValue("application/json", out var answer) == true)
        {
            answer.Example = JsonNode.Parse(examples.Answer);
        }
    }

    private static void AddRefusals(OpenApiOperation operation, PossibleRefusals refusals)
    {
        if (refusals.Reasons.Contains(RefusalReason.DeadlineExceeded))
        {
            (operation.Parameters ??= []).Add(new OpenApiParameter
            {
                Name = RequestDeadline.Header,
                In = ParameterLocation.Header,
                Description = "How long the caller waits, in milliseconds from 1 to 60000.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.Integer },
            });
        }

        foreach (var group in refusals.Reasons.GroupBy(RefusalStatus.Of))
        {
            var response = (OpenApiResponse)operation.Responses![group.Key.ToString(System.Globalization.CultureInfo.InvariantCulture)];
            response.Description = string.Join("; ", group.Select(RefusalStatus.Title));
            var media = response.Content!["application/problem+json"];
            media.Examples = group.ToDictionary(
                Name,
                reason => (IOpenApiExample)new OpenApiExample { Summary = RefusalStatus.Title(reason), Value = Example(reason) });
        }
    }

    private static string Name(RefusalReason reason) => JsonSerializer.SerializeToNode(reason)!.GetValue<string>();

    private static JsonNode? Example(RefusalReason reason) => JsonSerializer.SerializeToNode(
        new ProblemBody(
            "about:blank",
            RefusalStatus.Title(reason),
            RefusalStatus.Of(reason),
            Examples.Detail(reason),
            reason,
            "0f8fad5bd9cb469fa16570867728950e"),
        ProblemJson.Readable.ProblemBody);
}
