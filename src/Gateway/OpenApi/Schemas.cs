using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Answers;
using Coinsphere.Messaging.Gateway.Requests;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Coinsphere.Messaging.Gateway.OpenApi;

/// <summary>
/// Makes the schemas of a document say what the service reads and writes. The exporter knows the types of .NET; it does not know that nulls are always
/// written, which fields a request needs, what a converter of ours writes, or which texts a property may have.
/// </summary>
internal sealed partial class Schemas
{
    private readonly ConcurrentDictionary<string, Type> _types = new(StringComparer.Ordinal);

    public static void Add(OpenApiOptions options)
    {
        var schemas = new Schemas();
        options.CreateSchemaReferenceId = schemas.Id;
        options.AddSchemaTransformer((schema, context, _) => Converted(schema, context));
        options.AddDocumentTransformer((document, context, _) =>
        {
            RequestFields.AddComponents(document);
            schemas.Complete(document, options.OpenApiVersion);
            InCamelCase(document, context);
            return Task.CompletedTask;
        });
    }

    private string? Id(JsonTypeInfo type)
    {
        var id = OpenApiOptions.CreateDefaultSchemaReferenceId(type);
        if (id is not null)
        {
            _types[id] = type.Type;
        }

        return id;
    }

    // The schema exporter knows no type for a property that has its own converter.
    private static Task Converted(OpenApiSchema schema, OpenApiSchemaTransformerContext context)
    {
        var converter = context.JsonPropertyInfo?.AttributeProvider?
            .GetCustomAttributes(typeof(JsonConverterAttribute), inherit: false)
            .OfType<JsonConverterAttribute>().SingleOrDefault()?.ConverterType;
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

        return Task.CompletedTask;
    }

    private void Complete(OpenApiDocument document, OpenApiSpecVersion version)
    {
        foreach (var (id, found) in document.Components?.Schemas ?? new Dictionary<string, IOpenApiSchema>())
        {
            if (found is not OpenApiSchema schema || !_types.TryGetValue(id, out var type))
            {
                continue;
            }

            schema.Description = Descriptions.Of(schema.Description, type);
            if (type == typeof(RefusalReason))
            {
                schema.Type = JsonSchemaType.String;
                schema.Enum = [.. RefusalReasonConverter.AllNames.Select(name => JsonValue.Create(name))];
            }

            if (schema.Properties is not { } properties)
            {
                continue;
            }

            var isRequest = type.Namespace == typeof(PredictBody).Namespace;
            schema.Required = new SortedSet<string>(StringComparer.Ordinal);
            foreach (var property in type.GetProperties())
            {
                if (Descriptions.JsonName(property) is not { } name || !properties.ContainsKey(name))
                {
                    continue;
                }

                if (isRequest ? RequestFields.OfBody(type, name).IsRequired : IsAlwaysWritten(property))
                {
                    schema.Required.Add(name);
                }

                properties[name] = isRequest ? RequestFields.OfBody(type, name).InBody(document) : Answered(properties[name], property, version);
            }
        }
    }

    private static IOpenApiSchema Answered(IOpenApiSchema written, PropertyInfo property, OpenApiSpecVersion version)
    {
        var schema = IsAlwaysWritten(property) ? WithNull(written, version) : WithoutNull(written);
        schema.Description = Descriptions.Of(schema.Description, property.DeclaringType!);

        if (AnswerValues.All.TryGetValue((property.DeclaringType!, property.Name), out var values))
        {
            var texts = schema.Items ?? schema;
            ((OpenApiSchema)texts).Enum = [.. values.Select(value => JsonValue.Create(value))];
        }

        return schema;
    }

    // An object or null: its description is where those of other properties are. OpenAPI 3.0 has no type of null.
    private static IOpenApiSchema WithNull(IOpenApiSchema schema, OpenApiSpecVersion version)
    {
        if (Chosen(schema) is not { } reference)
        {
            return schema;
        }

        var description = reference.Description;
        reference.Description = null;
        return version == OpenApiSpecVersion.OpenApi3_0
            ? new OpenApiSchema { Type = JsonSchemaType.Object | JsonSchemaType.Null, AllOf = [reference], Description = description }
            : new OpenApiSchema { OneOf = [new OpenApiSchema { Type = JsonSchemaType.Null }, reference], Description = description };
    }

    private static OpenApiSchemaReference? Chosen(IOpenApiSchema schema) =>
        schema is OpenApiSchema { OneOf: [_, _] choices } ? choices.OfType<OpenApiSchemaReference>().SingleOrDefault() : null;

    private static IOpenApiSchema WithoutNull(IOpenApiSchema schema)
    {
        if (Chosen(schema) is { } reference)
        {
            return reference;
        }

        if (schema is OpenApiSchema { Type: { } type } plain)
        {
            plain.Type = type & ~JsonSchemaType.Null;
        }

        return schema;
    }

    // Nulls are written, except where a property says otherwise; an item of a batch has an answer or a refusal.
    private static bool IsAlwaysWritten(PropertyInfo property) =>
        property.GetCustomAttribute<JsonIgnoreAttribute>()?.Condition != JsonIgnoreCondition.WhenWritingNull
        && !(property.DeclaringType is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(BatchItem<>)
            && property.Name != nameof(BatchItem<>.Symbol));

    // The second view has the same schemas under other names.
    private static void InCamelCase(OpenApiDocument document, OpenApiDocumentTransformerContext context)
    {
        var operations = context.DescriptionGroups.SelectMany(group => group.Items)
            .Where(item => item.ActionDescriptor.EndpointMetadata.OfType<CamelCaseView>().Any())
            .Select(item => document.Paths[$"/{item.RelativePath}"].Operations![new HttpMethod(item.HttpMethod!)]);
        foreach (var operation in operations)
        {
            var media = operation.Responses!["200"].Content!["application/json"];
            media.Schema = Renamed(document, media.Schema!);
        }
    }

    // A schema in camelCase. One whose names are the same in both views, also those of its parts, is shared by them.
    private static IOpenApiSchema Renamed(OpenApiDocument document, IOpenApiSchema schema)
    {
        if (schema is OpenApiSchemaReference { Reference.Id: { } id })
        {
            return document.Components!.Schemas![id] is OpenApiSchema { Properties: not null } whole && HasOtherNames(document, whole)
                ? View(document, id, whole)
                : schema;
        }

        var part = (OpenApiSchema)schema.CreateShallowCopy();
        // A description may name another property.
        part.Description = part.Description is { } description ? SnakeCase().Replace(description, name => CamelCase.Name(name.Value)) : null;
        part.Items = part.Items is { } items ? Renamed(document, items) : null;
        part.OneOf = part.OneOf?.Select(one => Renamed(document, one)).ToList();
        return part;
    }

    private static OpenApiSchemaReference View(OpenApiDocument document, string id, OpenApiSchema schema)
    {
        var name = $"{id}View";
        if (!document.Components!.Schemas!.ContainsKey(name))
        {
            var view = (OpenApiSchema)schema.CreateShallowCopy();
            view.Description = $"The same in camelCase. {schema.Description}";
            view.Properties = schema.Properties!.ToDictionary(property => CamelCase.Name(property.Key), property => Renamed(document, property.Value));
            view.Required = new SortedSet<string>((schema.Required ?? new HashSet<string>()).Select(CamelCase.Name), StringComparer.Ordinal);
            document.Components.Schemas.Add(name, view);
        }

        return new OpenApiSchemaReference(name, document);
    }

    private static bool HasOtherNames(OpenApiDocument document, IOpenApiSchema schema) => schema switch
    {
        OpenApiSchemaReference { Reference.Id: { } id } => HasOtherNames(document, document.Components!.Schemas![id]),
        OpenApiSchema part => (part.Properties ?? new Dictionary<string, IOpenApiSchema>()).Any(
                property => property.Key != CamelCase.Name(property.Key) || HasOtherNames(document, property.Value))
            || (part.Items is { } items && HasOtherNames(document, items)) || (part.OneOf?.Any(one => HasOtherNames(document, one)) ?? false),
        _ => false,
    };

    [GeneratedRegex("(?<=`)[a-z0-9]+(?:_[a-z0-9]+)+(?=`)")]
    private static partial Regex SnakeCase();
}
