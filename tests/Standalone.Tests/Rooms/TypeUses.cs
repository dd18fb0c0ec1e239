using System.Reflection;
using System.Reflection.Emit;

namespace Coinsphere.Messaging.Standalone.Tests.Rooms;

/// <summary>The types that a compiled type uses: in its declaration, its members' signatures, and the code of its methods.</summary>
internal static class TypeUses
{
    private const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> OpCodesByValue = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value);

    public static IEnumerable<Type> Of(Type type) =>
        Declared(type).Concat(type.GetMembers(All).SelectMany(OfMember)).SelectMany(Parts).Where(used => used.Assembly == type.Assembly).Distinct();

    private static IEnumerable<Type> Declared(Type type) => type.BaseType is { } parent ? type.GetInterfaces().Append(parent) : type.GetInterfaces();

    private static IEnumerable<Type> OfMember(MemberInfo member) => member switch
    {
        FieldInfo field => [field.FieldType],
        MethodBase method => method.GetParameters().Select(parameter => parameter.ParameterType)
            .Concat(method is MethodInfo { ReturnType: { } result } ? [result] : []).Concat(OfCode(method)),
        _ => [],
    };

    private static List<Type> OfCode(MethodBase method)
    {
        if (method.GetMethodBody() is not { } body)
        {
            return [];
        }

        var used = body.LocalVariables.Select(local => local.LocalType).ToList();
        var code = body.GetILAsByteArray()!;
        var typeArguments = method.DeclaringType is { IsGenericType: true } owner ? owner.GetGenericArguments() : null;
        var methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : null;
        for (var at = 0; at < code.Length;)
        {
            var value = code[at] == 0xFE ? (short)(0xFE00 | code[at + 1]) : code[at];
            var operation = OpCodesByValue[value];
            at += operation.Size;
            if (operation.OperandType is OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType or OperandType.InlineTok)
            {
                used.AddRange(Named(method.Module.ResolveMember(BitConverter.ToInt32(code, at), typeArguments, methodArguments)!));
            }

            at += operation.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(code, at)),
                _ => 4,
            };
        }

        return used;
    }

    private static IEnumerable<Type> Named(MemberInfo member) => member switch
    {
        Type type => [type],
        MethodInfo { IsGenericMethod: true } method => method.GetGenericArguments().Append(method.DeclaringType!),
        _ => [member.DeclaringType!],
    };

    // What a generic type, an array or a reference is made of.
    private static IEnumerable<Type> Parts(Type type) => type switch
    {
        { HasElementType: true } => Parts(type.GetElementType()!),
        { IsGenericParameter: true } => [],
        { IsGenericType: true } => type.GetGenericArguments().SelectMany(Parts).Append(type.GetGenericTypeDefinition()),
        _ => [type],
    };
}
